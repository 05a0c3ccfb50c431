using SchedulerActivations.Experiments;

namespace SchedulerActivations.CoreThreads;

/// <summary>Collects a run's trace. Appends happen in the core, so they need no lock of their own.</summary>
internal sealed class TraceRecorder
{
    private const int Limit = 1_000_000;

    // Chunks and not one list: nothing is copied, and none is so large that the collector treats it apart.
    private const int ChunkLength = 2500;
    private readonly List<TraceEvent[]> _chunks = [];
    private TraceEvent[] _last = [];
    private int _used;
    private long _dropped;

    public void Add(long time, int vp, int thread, TraceEventKind kind, int detail = 0)
    {
        if (_used == _last.Length && !AddChunk()) return;
        _last[_used++] = new TraceEvent(time, vp, thread, kind, detail);
    }

    /// <summary>The time of the last change of a thread's state, or a little later (when only upcalls have filled the last chunk).</summary>
    public long LastChange
    {
        get
        {
            var i = _used - 1;
            while (i > 0 && _last[i].Kind is TraceEventKind.Carried or TraceEventKind.Upcall) i--;
            return i < 0 ? 0 : _last[i].Time;
        }
    }

    private bool AddChunk()
    {
        if (_chunks.Count == Limit / ChunkLength)
        {
            _dropped++;
            return false;
        }
        _chunks.Add(_last = GC.AllocateUninitializedArray<TraceEvent>(ChunkLength));
        _used = 0;
        return true;
    }

    /// <summary>The trace, in order of time; events that were due are added from the ports.</summary>
    public Trace ToTrace(IEnumerable<Port> ports, long end)
    {
        // Of what happened after the last entry of a full trace nothing is known: an event would look as if nobody had handled it.
        if (_dropped > 0) end = _last[_used - 1].Time;
        var due = ports.SelectMany(port => port.Due.TakeWhile(time => time <= end)
            .Select((time, number) => new TraceEvent(time, -1, port.Number, TraceEventKind.EventDue, port.Lateness(number))));
        var events = _chunks.SelectMany(chunk => chunk == _last ? chunk.Take(_used) : chunk);
        // An event that is handled at the very instant at which it is due is due before.
        return new Trace([.. due.Concat(events).OrderBy(entry => entry.Time)], _dropped, end);
    }
}
