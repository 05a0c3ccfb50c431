using System.Globalization;

namespace SchedulerActivations.Notebook;

/// <summary>How reactivity depends on the number of threads that compute: a column for each event source, below it what they got.</summary>
internal static class ReactivityByThreadsChart
{
    public static Chart Of(IReadOnlyList<ReactivityPoint> all, string where)
    {
        var points = all.Where(point => point.Where == where).ToList();
        if (points.Count == 0)
            throw new KeyNotFoundException($"Nothing was measured at '{where}'; there is {string.Join(", ", all.Select(point => point.Where).Distinct())}.");
        var sources = points.Select(point => point.Source).Distinct().ToList();
        var people = all.Select(point => point.Who).Distinct().ToList();
        var counts = points.Select(point => point.Computing).Distinct().Order().ToList();
        var times = points.Where(point => point.Measure is "p50" or "p99" && point.Value > 0).Select(point => point.Value * 1000).ToList();
        // The steps between the numbers are far from even: each has a place of its own.
        var x = new Axis("", -0.15, counts.Count - 0.85, [.. counts.Select((count, i) => new Tick(i, count.ToString(CultureInfo.InvariantCulture)))]);
        var panels = new List<Panel>();
        foreach (var (measure, title) in new[] { ("p50", "reactivity, median"), ("p99", "reactivity, p99") })
        {
            var y = LogTimeAxis.Of(title, times.DefaultIfEmpty(1e3).Min(), times.DefaultIfEmpty(1e6).Max());
            panels.AddRange(sources.Select((source, i) => new Panel(measure == "p50" && sources.Count > 1 ? source : "", x, y with { Title = i == 0 ? title : "" },
                Lines(points, people, counts, source, measure, value => Math.Log10(value * 1000), value => DurationText.Of(value * 1000)))));
        }
        panels.AddRange(sources.Select((source, i) => new Panel("", x with { Title = "computing threads" },
            new Axis(i == 0 ? "throughput" : "", 0, 1.05, [.. new[] { 0, 0.5, 1 }.Select(share => new Tick(share, share.ToString("P0", CultureInfo.InvariantCulture)))]),
            Lines(points, people, counts, source, "throughput", value => value, value => value.ToString("P1", CultureInfo.InvariantCulture)), Weight: 0.7)));
        var text = people.Select(who => $"{who}: " + string.Join(", ", points.Where(point => point.Who == who && point.Measure == "p99")
            .Select(point => $"p99 {DurationText.Of(point.Value * 1000)} beside {point.Computing} ({point.Source})")) + ".");
        return new Chart(new Figure($"Reactivity beside computing threads ({where})", panels, sources.Count, 820), string.Join("\n", text));
    }

    /// <summary>Colour of one of those who answer.</summary>
    public static string ColorOf(string who, List<string> people) => Palette.Many[people.IndexOf(who) % Palette.Many.Length];

    private static List<Series> Lines(
        List<ReactivityPoint> points, List<string> people, List<int> counts, string source, string measure, Func<double, double> place, Func<double, string> say)
    {
        var series = new List<Series>();
        foreach (var who in people)
        {
            // Nothing has a place on the linear axis only.
            var line = points.Where(point => point.Source == source && point.Measure == measure && point.Who == who && (point.Value > 0 || measure == "throughput")).OrderBy(point => point.Computing)
                .Select(point => new Point(counts.IndexOf(point.Computing), place(point.Value), $"{who}, {point.Computing} computing: {say(point.Value)}")).ToList();
            if (line.Count == 0) continue;
            series.Add(new Curve(who, ColorOf(who, people), (Dash)(people.IndexOf(who) % 3), line));
            series.Add(new Marks(who, ColorOf(who, people), Sign.Disc, [.. line.Select(point => point with { Hover = "" })]));
        }
        return series;
    }
}
