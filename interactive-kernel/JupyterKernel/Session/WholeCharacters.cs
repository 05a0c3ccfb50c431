namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Text on its way to a cell's output, never cut in the middle of a character.</summary>
/// <remarks>
/// An emoji is two units in C# and one character to everybody else. A cell that writes unit by unit writes halves; of a half
/// alone, every front end makes U+FFFD. The first half waits here for the second.
/// </remarks>
internal sealed class WholeCharacters(Action<string> write)
{
    private const int None = 0;
    private int _firstHalf;

    public void Write(string text)
    {
        var waiting = Interlocked.Exchange(ref _firstHalf, None);
        if (waiting != None)
            text = (char)waiting + text;
        if (char.IsHighSurrogate(text[^1]))
        {
            Interlocked.Exchange(ref _firstHalf, text[^1]);
            text = text[..^1];
        }

        if (text.Length > 0)
            write(text);
    }

    /// <summary>Writes a half whose second half did not come.</summary>
    public void Flush()
    {
        var waiting = Interlocked.Exchange(ref _firstHalf, None);
        if (waiting != None)
            write(((char)waiting).ToString());
    }
}
