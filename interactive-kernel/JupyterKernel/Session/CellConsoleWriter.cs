using System.Text;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>A text writer that hands every piece of text to the running cell's output as it comes.</summary>
internal sealed class CellConsoleWriter(TextWriter outsideCells, Func<CellContext, WholeCharacters> stream) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override string NewLine => "\n";

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

    public override void WriteLine() => Write("\n");

    // One piece for a line and its end, so that lines of several threads do not run into each other.
    public override void WriteLine(string? value) => Write(value + "\n");

    public override void WriteLine(ReadOnlySpan<char> buffer) => Write($"{buffer}\n");

    public override void WriteLine(char[] buffer, int index, int count) => Write(new string(buffer, index, count) + "\n");

    public override void Write(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        if (CellContext.Current is { } cell)
            stream(cell).Write(value);
        else
            outsideCells.Write(value);
    }

    public override void Flush()
    {
        if (CellContext.Current is null)
            outsideCells.Flush();
    }
}
