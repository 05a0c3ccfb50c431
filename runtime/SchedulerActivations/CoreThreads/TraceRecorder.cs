using SchedulerActivations.Experiments;

namespace SchedulerActivations.CoreThreads;

/// <summary>Collects a run's trace. Appends happen in the core, so they need no lock of their own.</summary>
internal sealed class TraceRecorder
{
    private const int Limit = 1_000_000;
    private readonly List<TraceEvent> _events = new(4096);
    private long _dropped;

    public void Add(long time, int vp, int thread, TraceEventKind kind, byte detail = 0)
    {
        if (_events.Count < Limit) _events.Add(new TraceEvent(time, vp, thread, kind, detail));
        else _dropped++;
    }

    /// <summary>The trace, in order of time; events that were due are added from the ports.</summary>
    public Trace ToTrace(IEnumerable<Port> ports, long end)
    {
        var due = ports.SelectMany(port => port.Due.TakeWhile(time => time <= end)
            .Select(time => new TraceEvent(time, -1, port.Number, TraceEventKind.EventDue, 0)));
        return new Trace([.. _events.Concat(due).OrderBy(entry => entry.Time)], _dropped);
    }
}
