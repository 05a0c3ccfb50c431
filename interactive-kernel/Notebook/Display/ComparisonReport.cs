using System.Globalization;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>What is shown of several runs: those of one machine and number of virtual processors stand together, the best figure of each column in bold.</summary>
internal static class ComparisonReport
{
    private static readonly Column[] s_columns =
    [
        new("machine"), new("VPs", true), new("policy"), new("p50", true), new("p99", true), new("max", true),
        new("events", true), new("throughput", true),
    ];

    public static Report Of(Comparison comparison, RunLabels labels, bool withCharts = true)
    {
        var situations = comparison.Results.GroupBy(RunLabels.Situation).ToList();
        var problems = comparison.Results.SelectMany(result => RunText.Problems(result, labels.Policy(result)))
            .Concat(comparison.Failures.Select(failure => new Problem($"{RunLabels.Run(failure.Experiment)} came to no result", failure.Message)));
        List<Chart> charts = [];
        if (withCharts && comparison.Results.Any(result => result.Reactivity.Count > 0)) charts.Add(comparison.ReactivityChart());
        // One timeline a machine, of its smallest number of virtual processors: there policies matter most.
        if (withCharts)
            charts.AddRange(situations.GroupBy(situation => situation.First().Experiment.Machine)
                .Select(machine => machine.MinBy(situation => situation.First().Experiment.VirtualProcessors)!)
                .Select(situation => TimelineChart.Of([.. situation], labels))
                .OfType<Chart>());
        return new Report([.. problems], new Table(s_columns, [.. situations.SelectMany((situation, i) => Rows([.. situation], labels, i > 0))]),
            [.. RunText.Notes(comparison.Results, labels.Run).Concat(RunText.Stages(comparison.Results, labels)).Distinct()], charts);
    }

    private static IEnumerable<Row> Rows(IReadOnlyList<ExperimentResult> results, RunLabels labels, bool startsGroup)
    {
        double[] percents = [50, 99, 100];
        var best = percents.Select(percent => results.Where(result => result.Reactivity.Count > 0)
            .Select(result => result.Reactivity.PercentileNanoseconds(percent)).DefaultIfEmpty(-1).Min()).ToList();
        var mostThroughput = results.Max(result => Math.Round(result.Throughput, 3));
        return results.Select((result, i) => new Row(
        [
            new Cell(i == 0 ? result.Experiment.Machine.Name : ""),
            new Cell(i == 0 ? result.Experiment.VirtualProcessors.ToString(CultureInfo.InvariantCulture) : ""),
            new Cell(labels.Policy(result), Color: Palette.Of(labels.Policy(result))),
            .. percents.Select((percent, p) => new Cell(RunText.Percentile(result.Reactivity, percent),
                results.Count > 1 && result.Reactivity.Count > 0 && result.Reactivity.PercentileNanoseconds(percent) == best[p])),
            new Cell(RunText.Events(result.Ports.Sum(port => port.Handled), result.Ports.Sum(port => port.Due))),
            new Cell(RunText.Throughput(result), results.Count > 1 && Math.Round(result.Throughput, 3) == mostThroughput),
        ], startsGroup && i == 0));
    }
}
