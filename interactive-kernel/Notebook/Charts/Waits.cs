using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>An event's wait at a port, from a trace.</summary>
/// <param name="Port">The port's number.</param>
/// <param name="Due">When it was due, in nanoseconds.</param>
/// <param name="End">When its handler ran; the end of the run or of the trace where it never did.</param>
/// <param name="Handled">Whether its handler ran.</param>
internal readonly record struct Wait(int Port, long Due, long End, bool Handled)
{
    /// <summary>The waits of a run, in the order in which the events were due.</summary>
    public static IReadOnlyList<Wait> Of(ExperimentResult result) => Of(result.Trace, result.Elapsed.Ticks * 100);

    /// <summary>The waits of a trace, in the order in which the events were due.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="end">The end of the run, where the trace tells more: of a real machine's threads, which come to their next safepoint after it.</param>
    public static IReadOnlyList<Wait> Of(Trace trace, long end = long.MaxValue)
    {
        var handled = trace.Events.Where(entry => entry.Kind == TraceEventKind.EventHandled)
            .GroupBy(entry => entry.Detail, entry => entry.Time).ToDictionary(port => port.Key, port => port.ToList());
        var places = new Dictionary<int, int>();
        var waits = new List<Wait>();
        foreach (var entry in trace.Events.Where(entry => entry.Kind == TraceEventKind.EventDue))
        {
            var port = entry.Thread;
            var place = places.GetValueOrDefault(port);
            places[port] = place + 1;
            // Of several readers one may come later than the next; and an event that nobody handles keeps none of those behind it waiting.
            var turn = place + entry.Detail;
            waits.Add(handled.TryGetValue(port, out var times) && turn >= 0 && turn < times.Count
                ? new Wait(port, entry.Time, times[turn], true)
                : new Wait(port, entry.Time, Math.Max(entry.Time, Math.Min(trace.End, end)), false));
        }
        return waits;
    }
}
