using SchedulerActivations.Experiments;

namespace SchedulerActivations.Policies.Tests;

/// <summary>How long threads were ready and did not run.</summary>
internal static class Waits
{
    /// <summary>The longest time that any thread, or one of them, was ready without running; one that still waits at the end counts.</summary>
    public static TimeSpan Longest(Trace trace, int? only = null)
    {
        var (since, longest) = (new Dictionary<int, long>(), 0L);
        foreach (var entry in trace.Events)
        {
            if (entry.Kind == TraceEventKind.Ready && (only ?? entry.Thread) == entry.Thread) since[entry.Thread] = entry.Time;
            if (entry.Kind == TraceEventKind.Running && since.Remove(entry.Thread, out var ready)) longest = Math.Max(longest, entry.Time - ready);
        }
        foreach (var ready in since.Values) longest = Math.Max(longest, trace.Events[^1].Time - ready);
        return TimeSpan.FromTicks(longest / 100);
    }
}
