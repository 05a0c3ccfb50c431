using SchedulerActivations.Notebook;

namespace SchedulerActivations.Benchmarks;

/// <summary>Compares ours with each peer. A value is taken over the events of all runs together; the spread comes from the runs side by side.</summary>
internal static class Records
{
    private static readonly (string Name, string Unit, Func<IReadOnlyList<Line>, double> Of)[] _measures =
        [("p50", "µs", runs => Percentile(runs, 0.5) / 1000), ("p99", "µs", runs => Percentile(runs, 0.99) / 1000), ("throughput", "share", runs => runs.Average(run => run.Throughput))];

    public static List<BenchmarkRecord> Of(IReadOnlyList<Line> lines)
    {
        var records = new List<BenchmarkRecord>();
        foreach (var situation in lines.GroupBy(line => (line.Place, line.Source, line.Computing)))
        {
            var source = situation.Key.Source == "timerfd" ? "" : situation.Key.Source + "-";
            // Ours is the patched machine; where the kernel lacks the patch, the stock machine stands in for it.
            var variants = situation.GroupBy(line => line.Variant).ToDictionary(variant => variant.Key, variant => variant.ToList());
            var mine = variants.ContainsKey("patched") ? "patched" : "stock";
            foreach (var (way, prefix) in new[] { (mine, ""), ("short-way", "short-way-") })
            {
                if (!variants.TryGetValue(way, out var ours)) continue;
                foreach (var (variant, theirs) in variants.Where(variant => variant.Key != mine && variant.Key != "short-way"))
                    foreach (var (name, unit, of) in _measures)
                        if (!(name == "throughput" && situation.Key.Computing == 0))
                            records.Add(Compare($"{prefix}{source}{name}-{situation.Key.Computing}@{situation.Key.Place}", unit, of, variant, ours, theirs));
            }
        }
        // Where a peer has got nothing at all there is no ratio.
        return [.. records.Where(record => double.IsFinite(record.Ratio))];
    }

    // More is better of throughput only.
    private static BenchmarkRecord Compare(string name, string unit, Func<IReadOnlyList<Line>, double> of, string peer, List<Line> ours, List<Line> theirs)
    {
        double Better(IReadOnlyList<Line> mine, IReadOnlyList<Line> other) => unit == "share" ? of(mine) / of(other) : of(other) / of(mine);
        var ratios = ours.Zip(theirs, (mine, other) => Better([mine], [other])).Order().ToList();
        var ratio = Better(ours, theirs);
        return new BenchmarkRecord(name, unit, Round(of(ours)), peer, Round(of(theirs)), Round(ratio), ratios.Count, Round((Quantile(ratios, 0.75) - Quantile(ratios, 0.25)) / ratio));
    }

    private static double Percentile(IEnumerable<Line> runs, double share)
    {
        var sorted = runs.SelectMany(run => run.Latencies!).Order().ToList();
        return sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
    }

    private static double Quantile(List<double> sorted, double share)
    {
        var at = share * (sorted.Count - 1);
        var (below, above) = (sorted[(int)Math.Floor(at)], sorted[(int)Math.Ceiling(at)]);
        return below + ((above - below) * (at - Math.Floor(at)));
    }

    private static double Round(double value) => Math.Round(value, 4);
}
