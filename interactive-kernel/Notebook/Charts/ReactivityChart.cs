using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>
/// The distribution of reactivity as people who care for latency read it: percentiles to the right, each nine as far
/// from the one before it; time upwards on a logarithmic scale. The lower line wins, and the right end is what hurts.
/// </summary>
internal static class ReactivityChart
{
    private const int Points = 120;

    private static readonly (double Percent, string Label)[] s_percentiles =
        [(0, "0 %"), (50, "50 %"), (90, "90 %"), (99, "99 %"), (99.9, "99.9 %"), (99.99, "99.99 %"), (99.999, "99.999 %")];

    /// <summary>A chart with a panel for each machine and number of virtual processors, and in it a line for each policy.</summary>
    public static Chart Of(IReadOnlyList<ExperimentResult> results)
    {
        var labels = new RunLabels(results);
        var lines = results.Select(result => new Line(
            labels.Policy(result), RunLabels.Situation(result), Palette.Of(labels.Policy(result)), Dash.Solid, result.Reactivity)).ToList();
        var dashes = Palette.Dashes(lines.Select(line => line.Name));
        return Of("Reactivity: from an event's due time to its handler's first instruction",
            [.. lines.Select(line => line with { Dash = dashes[line.Name] })],
            results.Select(result => result.Experiment.VirtualProcessors).Distinct().Count());
    }

    /// <summary>A chart of one run, with a line for each port, and one for each stage of the way that the machine tells.</summary>
    public static Chart Of(ExperimentResult result)
    {
        var policy = new RunLabels([result]).Policy(result);
        var situation = RunLabels.Situation(result);
        var ports = result.Ports.Count is > 1 and <= 3
            ? result.Ports.Select((port, i) => new Line(port.Port, situation, Palette.Of(policy), (Dash)i, port.Histogram)).ToList()
            : [new Line(result.Ports.Count == 1 ? result.Ports[0].Port : "all ports", situation, Palette.Of(policy), Dash.Solid, result.Reactivity)];
        ports.AddRange(result.Stages.Select((stage, i) => new Line(stage.Name, situation, Palette.Of(stage.Name), (Dash)(i % 3), stage.Histogram)));
        return Of($"Reactivity of {policy}: from an event's due time to its handler's first instruction", ports, 1);
    }

    private sealed record Line(string Name, string Situation, string Color, Dash Dash, ReactivityHistogram Histogram);

    private static Chart Of(string title, IReadOnlyList<Line> lines, int columns)
    {
        var panels = lines.GroupBy(line => line.Situation).ToList();
        // More columns would leave no room for what they show between their labels.
        if (columns > 3 || panels.Count % columns != 0) columns = Math.Min(panels.Count, 2);
        var measured = lines.Where(line => line.Histogram.Count > 0).ToList();
        var low = measured.Count == 0 ? 1e3 : measured.Min(line => line.Histogram.PercentileNanoseconds(0));
        var high = measured.Count == 0 ? 1e6 : measured.Max(line => line.Histogram.PercentileNanoseconds(100));
        var right = Math.Max(measured.Count == 0 ? 2 : measured.Max(line => Math.Log10(line.Histogram.Count)), 1);
        var x = new Axis("percentile of the events", 0, right * 1.01,
            [.. s_percentiles.Select(p => new Tick(Nines(p.Percent), p.Label)).Where(tick => tick.At <= right * 1.01)]);
        var y = LogTimeAxis.Of("reactivity", low, high);
        var rows = (panels.Count + columns - 1) / columns;
        var figure = new Figure(title,
            [.. panels.Select((panel, i) => new Panel(
                panels.Count == 1 ? "" : panel.Key,
                x with { Title = i >= panels.Count - columns ? x.Title : "" },
                y with { Title = i % columns == 0 ? y.Title : "" },
                [.. panel.Where(line => line.Histogram.Count > 0).Select(line => new Curve(line.Name, line.Color, line.Dash, Percentiles(line)))]))],
            columns, rows == 1 ? 400 : 150 + 230 * rows);
        return new Chart(figure, string.Join("\n", lines.Select(Words)));
    }

    private static string Words(Line line)
    {
        var h = line.Histogram;
        return h.Count == 0 ? $"{line.Name} ({line.Situation}): no event was handled."
            : $"{line.Name} ({line.Situation}): p50 {DurationText.Of(h.PercentileNanoseconds(50))}, p99 {DurationText.Of(h.PercentileNanoseconds(99))}, "
                + $"max {DurationText.Of(h.PercentileNanoseconds(100))} over {h.Count} events.";
    }

    private static double Nines(double percent) => -Math.Log10(1 - percent / 100);

    private static List<Point> Percentiles(Line line)
    {
        var values = line.Histogram.Values().ToList();
        var total = line.Histogram.Count;
        // As far as the axis: of a single event the line would have no length, and be no line.
        var right = Math.Max(Math.Log10(total), 1);
        var points = new List<Point>();
        var value = 0;
        var below = values[0].Count;
        for (var i = 0; i <= Points; i++)
        {
            var nines = right * i / Points;
            var share = i == Points ? 1 : 1 - Math.Pow(10, -nines);
            while (value < values.Count - 1 && below < share * total) below += values[++value].Count;
            var time = values[value].Nanoseconds;
            var y = Math.Log10(time);
            // Of a level stretch the ends are enough.
            if (points.Count > 1 && points[^1].Y == y && points[^2].Y == y) points.RemoveAt(points.Count - 1);
            points.Add(new Point(nines, y, $"{line.Name}: {PercentText(share)} ≤ {DurationText.Of(time)}"));
        }
        return points;
    }

    // Nearly all are not all.
    private static string PercentText(double share) =>
        (share is > 0.999 and < 1 ? Math.Floor(share * 1e5) / 1e3 : share * 100).ToString(share > 0.999 ? "0.###" : share > 0.99 ? "0.##" : "0.#", System.Globalization.CultureInfo.InvariantCulture) + " %";
}
