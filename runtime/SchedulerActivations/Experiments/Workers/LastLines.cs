using System.Text;

namespace SchedulerActivations.Experiments.Workers;

/// <summary>The last lines of a text; of a stack overflow's thousands of frames also the first ones, which name it.</summary>
internal sealed class LastLines
{
    private const int First = 5, Last = 15;
    private readonly List<string> _first = [];
    private readonly Queue<string> _last = [];
    private long _skipped;

    public void Add(string line)
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
