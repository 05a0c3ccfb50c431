using System.Text;

namespace SchedulerActivations.Worker;

/// <summary>
/// Keeps what user code writes to the console until it is sent. Writing never waits; a flood that the notebook cannot
/// take is cut, and says so.
/// </summary>
internal sealed class ConsoleOutput(Action news) : TextWriter
{
    private const int Most = 1 << 20;

    private readonly StringBuilder _text = new();
    private long _cut;

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void WriteLine(string? value) => Write($"{value}{NewLine}".AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_text)
        {
            var fits = Math.Min(buffer.Length, Most - _text.Length);
            _text.Append(buffer[..fits]);
            _cut += buffer.Length - fits;
        }
        news();
    }

    /// <summary>What was written since the last time; null for nothing.</summary>
    public string? Take()
    {
        lock (_text)
        {
            if (_cut > 0) _text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n[{_cut} more characters were written faster than they could be shown]\n");
            _cut = 0;
            // The first half of a character waits for the second.
            var whole = _text.Length > 0 && char.IsHighSurrogate(_text[^1]) ? _text.Length - 1 : _text.Length;
            if (whole == 0) return null;
            var text = _text.ToString(0, whole);
            _text.Remove(0, whole);
            return text;
        }
    }
}
