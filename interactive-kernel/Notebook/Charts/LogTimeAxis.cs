namespace SchedulerActivations.Notebook;

/// <summary>A logarithmic axis of durations: its coordinates are logarithms of nanoseconds, its ticks round durations.</summary>
internal static class LogTimeAxis
{
    /// <param name="title">What it measures.</param>
    /// <param name="low">The shortest duration on it, in nanoseconds.</param>
    /// <param name="high">The longest.</param>
    public static Axis Of(string title, double low, double high)
    {
        var min = Math.Log10(low) - 0.1;
        var max = Math.Log10(high) + 0.1;
        // Every power of ten; with 2 and 5 between them where there are few.
        double[] steps = max - min < 2.7 ? [1, 2, 5] : [1];
        var ticks = Enumerable.Range((int)Math.Floor(min), (int)Math.Ceiling(max - min) + 2)
            .SelectMany(power => steps.Select(step => step * Math.Pow(10, power)))
            .Where(time => Math.Log10(time) >= min && Math.Log10(time) <= max)
            .Select(time => new Tick(Math.Log10(time), TickText(time)));
        return new Axis(title, min, max, [.. ticks]);
    }

    private static string TickText(double time) => DurationText.Of(time).Replace(".00 ", " ", StringComparison.Ordinal).Replace(".0 ", " ", StringComparison.Ordinal);
}
