namespace SchedulerActivations.Notebook;

/// <summary>A logarithmic axis of durations: its coordinates are logarithms of nanoseconds, its ticks round durations.</summary>
internal static class LogTimeAxis
{
    // Between two powers of ten.
    private static readonly double[][] s_steps = [[1], [1, 2, 5], .. new[] { 1, 2, 10 }.Select(parts => Enumerable.Range(parts, 9 * parts).Select(part => (double)part / parts).ToArray())];

    /// <param name="title">What it measures.</param>
    /// <param name="low">The shortest duration on it, in nanoseconds.</param>
    /// <param name="high">The longest.</param>
    public static Axis Of(string title, double low, double high)
    {
        var min = Math.Log10(low) - 0.1;
        var max = Math.Log10(high) + 0.1;
        // Every power of ten; with more between them where there are few, until there are two at least.
        var ticks = s_steps.Skip(max - min < 2.7 ? 1 : 0).Select(steps => Ticks(min, max, steps)).ToList();
        return new Axis(title, min, max, ticks.Find(few => few.Count > 1) ?? ticks[^1]);
    }

    // A nanosecond is not divided.
    private static List<Tick> Ticks(double min, double max, double[] steps) =>
        [.. Enumerable.Range((int)Math.Floor(min), (int)Math.Ceiling(max - min) + 2)
            .SelectMany(power => steps.Select(step => step * Math.Pow(10, power)))
            .Where(time => Math.Log10(time) >= min && Math.Log10(time) <= max && (time >= 10 || time % 1 == 0))
            .Select(time => new Tick(Math.Log10(time), TickText(time)))];

    private static string TickText(double time) => DurationText.Of(time).Replace(".00 ", " ", StringComparison.Ordinal).Replace(".0 ", " ", StringComparison.Ordinal);
}
