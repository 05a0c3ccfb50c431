using System.Globalization;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>What is shown of one run.</summary>
internal static class ResultReport
{
    private static readonly Column[] s_columns =
    [
        new("policy"), new("machine"), new("VPs", true), new("port"), new("p50", true), new("p99", true), new("max", true),
        new("events", true), new("throughput", true),
    ];

    public static Report Of(ExperimentResult result, bool withCharts = true)
    {
        var labels = new RunLabels([result]);
        var policy = labels.Policy(result);
        var ports = result.Ports.Select(port => (Name: port.Port, port.Histogram, port.Handled, port.Due)).ToList();
        if (ports.Count != 1) ports.Add((ports.Count == 0 ? "(none)" : "all", result.Reactivity, ports.Sum(port => port.Handled), ports.Sum(port => port.Due)));
        var rows = ports.Select((port, i) => new Row(
        [
            i == 0 ? new Cell(policy, Color: Palette.Of(policy)) : new Cell(""),
            new Cell(i == 0 ? result.Experiment.Machine.Name : ""),
            new Cell(i == 0 ? result.Experiment.VirtualProcessors.ToString(CultureInfo.InvariantCulture) : ""),
            new Cell(port.Name),
            .. Figures(port.Histogram),
            new Cell(RunText.Events(port.Handled, port.Due)),
            new Cell(i == 0 ? RunText.Throughput(result) : ""),
        ], StartsGroup: i > 0 && i == ports.Count - 1));
        rows = rows.Concat(result.Stages.Select((stage, i) => new Row(
            [new Cell(""), new Cell(""), new Cell(""), new Cell(stage.Name), .. Figures(stage.Histogram), new Cell(RunText.Events(stage.Histogram.Count, stage.Histogram.Count)), new Cell("")],
            StartsGroup: i == 0)));
        List<Chart> charts = [];
        if (withCharts && result.Reactivity.Count > 0) charts.Add(ReactivityChart.Of(result));
        if (withCharts && TimelineChart.Of([result], labels) is { } timeline) charts.Add(timeline);
        return new Report([.. RunText.Problems(result, policy)], new Table(s_columns, [.. rows]), [.. RunText.Notes(result)], charts);
    }

    private static IEnumerable<Cell> Figures(ReactivityHistogram histogram) =>
        new double[] { 50, 99, 100 }.Select(percent => new Cell(RunText.Percentile(histogram, percent)));
}
