using System.Text.Json.Serialization;

namespace SchedulerActivations.Experiments;

/// <summary>What a trace event says.</summary>
public enum TraceEventKind : byte
{
    /// <summary>The thread was created.</summary>
    Created,
    /// <summary>The thread became ready; detail: <see cref="Specialization.ReadyReason"/>.</summary>
    Ready,
    /// <summary>The thread runs on the event's virtual processor.</summary>
    Running,
    /// <summary>The thread blocked; detail: <see cref="Specialization.BlockReason"/>.</summary>
    Blocked,
    /// <summary>The thread finished.</summary>
    Finished,
    /// <summary>The virtual processor has nothing to run.</summary>
    Idle,
    /// <summary>The kernel made an upcall on the virtual processor; detail: <see cref="Upcalls.UpcallKind"/>.</summary>
    Upcall,
    /// <summary>
    /// An event became due at a port; the thread field holds the port's number. Detail: by how many of the port's events it was handled later than
    /// by its place in the order of the due times; negative for earlier, minus its place (from 1) for never.
    /// </summary>
    EventDue,
    /// <summary>The first instruction of the handler of a port's event ran on the thread; detail: the port's number.</summary>
    EventHandled,
    /// <summary>The policy was ejected; round robin from here on.</summary>
    PolicyEjected,
    /// <summary>Another policy took over; detail: which one of the run, from 1 (255: that one or a later one).</summary>
    PolicySwapped,
    /// <summary>An activation carries the virtual processor from here on; the thread field holds the activation's number.</summary>
    Carried,
}

/// <summary>One entry of a trace.</summary>
/// <param name="Time">Nanoseconds since the start of the run, on the machine's clock.</param>
/// <param name="VirtualProcessor">Number of the virtual processor, -1 where none is concerned.</param>
/// <param name="Thread">Id of the user thread, 0 where none is concerned.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Detail">The reason, as <see cref="TraceEventKind"/> says.</param>
public readonly record struct TraceEvent(long Time, int VirtualProcessor, int Thread, TraceEventKind Kind, int Detail);

/// <summary>Which thread ran on which virtual processor from when to when: one bar of a timeline.</summary>
/// <param name="VirtualProcessor">Number of the virtual processor.</param>
/// <param name="Thread">Id of the user thread.</param>
/// <param name="Start">Nanoseconds since the start of the run.</param>
/// <param name="End">Nanoseconds since the start of the run.</param>
public readonly record struct TimelineSegment(int VirtualProcessor, int Thread, long Start, long End);

/// <summary>The state changes of a run, in order of time.</summary>
public sealed class Trace
{
    /// <summary>A trace without events.</summary>
    public static readonly Trace Empty = new([], 0);

    /// <summary>Makes a trace of recorded events.</summary>
    /// <param name="events">The events, in order of time.</param>
    /// <param name="dropped">How many more there were that did not fit.</param>
    /// <param name="end">Up to when they tell what happened, in nanoseconds since the start of the run; the last event's time where that is later.</param>
    public Trace(IReadOnlyList<TraceEvent> events, long dropped, long end = 0)
    {
        ArgumentNullException.ThrowIfNull(events);
        Events = events;
        Dropped = dropped;
        End = events.Count == 0 ? end : Math.Max(end, events[^1].Time);
    }

    /// <summary>The events in order of time.</summary>
    [JsonConverter(typeof(TraceColumns))]
    public IReadOnlyList<TraceEvent> Events { get; }

    /// <summary>Number of events after the last one kept that did not fit.</summary>
    public long Dropped { get; }

    /// <summary>Up to when the events tell what happened: to the end of the run, or to the last event that was kept.</summary>
    public long End { get; }

    /// <summary>The bars of each virtual processor's timeline, in order of their start. A bar still open at the end of the trace ends there.</summary>
    public IEnumerable<TimelineSegment> Timeline()
    {
        var running = new Dictionary<int, TraceEvent>();
        foreach (var entry in Events)
        {
            var ends = entry.Kind is TraceEventKind.Running or TraceEventKind.Idle
                || (entry.Kind is TraceEventKind.Ready or TraceEventKind.Blocked or TraceEventKind.Finished
                    && running.TryGetValue(entry.VirtualProcessor, out var current) && current.Thread == entry.Thread);
            if (ends && running.Remove(entry.VirtualProcessor, out var bar))
                yield return new TimelineSegment(bar.VirtualProcessor, bar.Thread, bar.Time, entry.Time);
            if (entry.Kind == TraceEventKind.Running) running[entry.VirtualProcessor] = entry;
        }
        foreach (var bar in running.Values.OrderBy(bar => bar.VirtualProcessor))
            yield return new TimelineSegment(bar.VirtualProcessor, bar.Thread, bar.Time, End);
    }
}
