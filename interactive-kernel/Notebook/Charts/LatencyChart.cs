using System.Globalization;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>
/// Latency against offered load, as people who run servers read it: the lower line wins, and where a line turns upwards
/// the server is saturated. Below it the price: what the computing threads got.
/// </summary>
internal static class LatencyChart
{
    private static readonly double[] s_percents = [50, 99];

    /// <summary>A chart with a column for each kernel and a row for the median, the 99th percentile and the computing threads.</summary>
    public static Chart Of(IReadOnlyList<LoadLine> lines)
    {
        var kernels = lines.GroupBy(line => line.Kernel).ToList();
        var dashes = Palette.Dashes(lines.Select(line => line.Server));
        var most = lines.SelectMany(line => line.Results).Select(Lab.LoadOf).DefaultIfEmpty(1).Max();
        var times = lines.SelectMany(line => line.Results).SelectMany(result => s_percents.Select(percent => (double)Latency(result, percent))).Where(time => time > 0).DefaultIfEmpty(1e6).ToList();
        var loads = new Axis("", 0, most * 1.03, Ticks(most));
        var panels = new List<Panel>();
        foreach (var percent in s_percents)
        {
            var axis = LogTimeAxis.Of(percent == 50 ? "latency, median" : "latency, p99", times.Min(), times.Max());
            panels.AddRange(kernels.Select((kernel, i) => new Panel(percent == 50 ? kernel.Key : "", loads, axis with { Title = i == 0 ? axis.Title : "" },
                [.. kernel.SelectMany(line => Lines(line, dashes, line.Results.Where(result => result.Network!.Offered > 0), result => Math.Log10(Math.Max(1, Latency(result, percent))), result => Hover(line, result, percent)))])));
        }
        panels.AddRange(kernels.Select((kernel, i) => new Panel("", loads with { Title = "offered load, requests a second" },
            new Axis(i == 0 ? "computing threads' share" : "", 0, 1.05, [.. new[] { 0, 0.5, 1 }.Select(share => new Tick(share, share.ToString("0 %", CultureInfo.InvariantCulture)))]),
            [.. kernel.SelectMany(line => Lines(line, dashes, line.Results, LoadLine.Computing,
                result => $"{line.Server} at {Lab.LoadText(Lab.LoadOf(result))}: {LoadLine.Computing(result).ToString("0.0 %", CultureInfo.InvariantCulture)} of the processors' time"))],
            Weight: 0.7)));
        var figure = new Figure("Latency of requests against offered load", panels, kernels.Count, 820);
        return new Chart(figure, string.Join("\n", lines.Select(Words)));
    }

    // A load under which no request was due has no latency.
    private static IEnumerable<Series> Lines(LoadLine line, IReadOnlyDictionary<string, Dash> dashes, IEnumerable<ExperimentResult> results, Func<ExperimentResult, double> value, Func<ExperimentResult, string> hover)
    {
        var points = results.Select(result => new Point(Lab.LoadOf(result), value(result), hover(result))).ToList();
        yield return new Curve(line.Server, Palette.Of(line.Server), dashes[line.Server], points);
        yield return new Marks(line.Server, Palette.Of(line.Server), Sign.Disc, [.. points.Select(point => point with { Hover = "" })]);
    }

    private static long Latency(ExperimentResult result, double percent) => result.Network!.Latency.PercentileNanoseconds(percent);

    private static string Hover(LoadLine line, ExperimentResult result, double percent) =>
        string.Create(CultureInfo.InvariantCulture, $"{line.Server} at {Lab.LoadText(Lab.LoadOf(result))}: p{percent} {DurationText.Of(Latency(result, percent))}, {Math.Floor(1000 * LoadLine.Answered(result.Network!)) / 10:0.#}% answered in time");

    private static string Words(LoadLine line) => $"{line.Server} ({line.Kernel}): " + string.Join(", ", line.Results.Select(result =>
        $"p99 {RunText.Percentile(result.Network!.Latency, 99)} at {Lab.LoadText(Lab.LoadOf(result))}")) + ".";

    // Four or five round numbers.
    private static List<Tick> Ticks(double most)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(most)));
        var step = new[] { 0.2, 0.25, 0.5, 1, 2, 2.5 }.Select(share => share * power).First(step => most / step <= 6);
        return [.. Enumerable.Range(0, (int)(most / step) + 1).Select(i => new Tick(i * step, (i * step).ToString("#,0.###", CultureInfo.InvariantCulture).Replace(',', '\u202F')))];
    }
}
