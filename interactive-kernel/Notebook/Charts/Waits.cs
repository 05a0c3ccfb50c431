using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>An event's wait at a port, from a trace.</summary>
/// <param name="Port">The port's number.</param>
/// <param name="Due">When it was due, in nanoseconds.</param>
/// <param name="End">When its handler ran; the end of the trace where it never did.</param>
/// <param name="Handled">Whether its handler ran.</param>
internal readonly record struct Wait(int Port, long Due, long End, bool Handled)
{
    /// <summary>The waits of a trace. A port's events are handled in the order in which they were due.</summary>
    public static IReadOnlyList<Wait> Of(Trace trace)
    {
        var waiting = new Dictionary<int, Queue<long>>();
        var waits = new List<Wait>();
        foreach (var entry in trace.Events)
        {
            if (entry.Kind == TraceEventKind.EventDue)
            {
                if (!waiting.TryGetValue(entry.Thread, out var queue)) waiting.Add(entry.Thread, queue = new());
                queue.Enqueue(entry.Time);
            }
            else if (entry.Kind == TraceEventKind.EventHandled && waiting.TryGetValue(entry.Detail, out var queue) && queue.TryDequeue(out var due))
                waits.Add(new Wait(entry.Detail, due, entry.Time, true));
        }
        foreach (var (port, queue) in waiting) waits.AddRange(queue.Select(due => new Wait(port, due, trace.End, false)));
        return waits;
    }
}
