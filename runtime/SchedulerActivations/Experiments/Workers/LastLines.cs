using System.Text;

namespace SchedulerActivations.Experiments.Workers;

/// <summary>The last lines of a text; of a stack overflow's thousands of frames also the first ones, which name it.</summary>
internal sealed class LastLines
{
    private const int First = 5, Last = 15;
    private readonly List<string> _first = [];
    private readonly Queue<string> _last = [];
    private long _skipped;

    private void Add(string line)
    {
        lock (_last)
        {
            if (_first.Count < First)
            {
                _first.Add(line);
                return;
            }
            _last.Enqueue(line);
            if (_last.Count <= Last) return;
            _last.Dequeue();
            _skipped++;
        }
    }

    /// <summary>Adds all that comes from here, to its end.</summary>
    public async Task ListenAsync(StreamReader from)
    {
        try
        {
            while (await from.ReadLineAsync().ConfigureAwait(false) is { } line) Add(line);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Nothing more to be heard.
        }
    }

    public override string ToString()
    {
        lock (_last)
        {
            var text = new StringBuilder().AppendJoin('\n', _first);
            if (_skipped > 0) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n… {_skipped} lines …");
            foreach (var line in _last) text.Append('\n').Append(line);
            return text.ToString().Trim();
        }
    }
}
