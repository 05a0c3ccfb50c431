using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>A stretch of a run, in nanoseconds from its start.</summary>
internal readonly record struct TimeWindow(long Start, long End)
{
    /// <summary>Its length.</summary>
    public long Length => End - Start;

    /// <summary>
    /// A window that tells how the runs differ, the same for all: around an event that waits long under the slowest
    /// policy (its 90th percentile, so that no freak is shown), four times as long as that wait; where one policy takes
    /// over from another, around that moment.
    /// </summary>
    public static TimeWindow Telling(IReadOnlyList<ExperimentResult> results)
    {
        var telling = AroundAWait(results);
        var swaps = results.SelectMany(result => result.Trace.Events).Where(entry => entry.Kind == TraceEventKind.PolicySwapped);
        // Where another policy takes over, that is what the run has to tell: as much is shown before it as after it.
        foreach (var swap in swaps.Take(1)) return new TimeWindow(Math.Max(0, swap.Time - telling.Length / 2), Math.Min(swap.Time + telling.Length / 2, results.Max(result => result.Trace.End)));
        return telling;
    }

    private static TimeWindow AroundAWait(IReadOnlyList<ExperimentResult> results)
    {
        var end = results.Max(result => result.Trace.End);
        var slow = results.Select(result => Long(result.Trace)).Where(wait => wait is not null).OrderByDescending(wait => wait!.Value.End - wait.Value.Due).FirstOrDefault();
        // Without events: the first bars of the run that has most of them.
        if (slow is not { } wait)
        {
            var bars = results.Select(result => result.Trace.Timeline().Take(40).ToList()).MaxBy(bars => bars.Count);
            return new TimeWindow(0, Math.Max(bars is { Count: > 0 } ? bars.Max(bar => bar.End) : end, 1));
        }
        // A wait of microseconds among bars of milliseconds is shown with some of the bars.
        var bar = results.Max(result => Median(result.Trace.Timeline().Take(2000).Select(bar => bar.End - bar.Start)));
        // Of waits that are long beside the bars, one and a half still show; with more, the bars would be too thin to see.
        var waited = wait.End - wait.Due;
        var length = Math.Clamp(Math.Min(Math.Max(4 * waited, 8 * bar), Math.Max(3 * waited / 2, 60 * bar)), 1, Math.Max(end, 1));
        var start = Math.Clamp(wait.Due - length / 4, 0, Math.Max(end - length, 0));
        return new TimeWindow(start, start + length);
    }

    private static Wait? Long(Trace trace)
    {
        var waits = Wait.Of(trace).Where(wait => wait.Handled).OrderBy(wait => wait.End - wait.Due).ToList();
        return waits.Count == 0 ? null : waits[waits.Count * 9 / 10];
    }

    private static long Median(IEnumerable<long> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[sorted.Count / 2];
    }
}
