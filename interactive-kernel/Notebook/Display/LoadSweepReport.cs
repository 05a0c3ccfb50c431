using System.Globalization;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>What is shown of a server under rising load: the 99th percentile of its latency, and what was not answered in time.</summary>
internal static class LoadSweepReport
{
    private const double Saturated = 0.98;

    public static Report Of(LoadSweep sweep, bool withChart = true)
    {
        var loads = sweep.Results.Select(Lab.LoadOf).Distinct().Order().ToList();
        Column[] columns = [new("p99 of latency"), new("policy or peer"), .. loads.Select(load => new Column(Lab.LoadText(load), true))];
        var rows = sweep.Lines.GroupBy(line => line.Kernel).SelectMany((kernel, i) => Rows([.. kernel], loads, i > 0));
        var problems = sweep.Results.SelectMany(result => RunText.Problems(result, sweep.Labels.Policy(result) + At(result.Experiment)))
            .Concat(sweep.Failures.Select(failure => new Problem($"{RunLabels.Run(failure.Experiment)}{At(failure.Experiment)} came to no result", failure.Message)));
        IEnumerable<string> notes = sweep.Results.Any(result => LoadLine.Answered(result.Network!) < Saturated)
            ? ["Where a percentage stands, only so many requests were answered before the run ended; the others count with the time they had waited."] : [];
        return new Report([.. problems], new Table(columns, [.. rows]), [.. notes, .. RunText.Notes(sweep.Results, result => sweep.Labels.Run(result) + At(result.Experiment))],
            withChart && sweep.Results.Count > 0 ? [sweep.LatencyChart()] : []);
    }

    private static IEnumerable<Row> Rows(IReadOnlyList<LoadLine> lines, IReadOnlyList<double> loads, bool startsGroup)
    {
        var best = loads.ToDictionary(load => load, load => lines.SelectMany(line => line.Results.Where(result => Lab.LoadOf(result) == load && result.Network!.Offered > 0)).Select(P99).DefaultIfEmpty().Min());
        return lines.Select((line, i) => new Row(
        [
            new Cell(i == 0 ? line.Kernel : ""),
            new Cell(line.Server, Color: Palette.Of(line.Server)),
            .. loads.Select(load => line.Results.FirstOrDefault(result => Lab.LoadOf(result) == load) is { } result
                ? new Cell(Text(result), lines.Count > 1 && result.Network!.Offered > 0 && P99(result) == best[load]) : new Cell("-")),
        ], startsGroup && i == 0));
    }

    private static string At(Experiment experiment) => Lab.LoadOf(experiment) is { } load ? $" at {Lab.LoadText(load)}" : "";

    private static long P99(ExperimentResult result) => result.Network!.Latency.PercentileNanoseconds(99);

    // A server that leaves requests behind is saturated, and how long they took says little.
    private static string Text(ExperimentResult result)
    {
        var answered = LoadLine.Answered(result.Network!);
        return RunText.Percentile(result.Network!.Latency, 99) + (answered < Saturated ? string.Create(CultureInfo.InvariantCulture, $", {Math.Floor(answered * 100)} %") : "");
    }
}
