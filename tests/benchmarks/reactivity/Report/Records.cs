using SchedulerActivations.Notebook;

namespace SchedulerActivations.Benchmarks;

/// <summary>Compares ours with each peer, run by run.</summary>
internal static class Records
{
    private static readonly (string Name, string Unit, Func<Line, double> Of)[] _measures =
        [("p50", "µs", line => line.P50 / 1000), ("p99", "µs", line => line.P99 / 1000), ("throughput", "share", line => line.Throughput)];

    public static List<BenchmarkRecord> Of(IReadOnlyList<Line> lines)
    {
        var records = new List<BenchmarkRecord>();
        foreach (var situation in lines.GroupBy(line => (line.Place, line.Source, line.Computing)))
        {
            // Ours is the patched machine; where the kernel lacks the patch, the stock machine stands in for it.
            var variants = situation.GroupBy(line => line.Variant).ToDictionary(variant => variant.Key, variant => variant.ToList());
            var mine = variants.ContainsKey("patched") ? "patched" : "stock";
            if (!variants.TryGetValue(mine, out var ours)) continue;
            var prefix = situation.Key.Source == "timerfd" ? "" : situation.Key.Source + "-";
            foreach (var (variant, theirs) in variants.Where(variant => variant.Key != mine))
                foreach (var (name, unit, of) in _measures)
                    if (!(name == "throughput" && situation.Key.Computing == 0))
                        records.Add(Compare($"{prefix}{name}-{situation.Key.Computing}@{situation.Key.Place}", unit, variant, [.. ours.Select(of)], [.. theirs.Select(of)]));
        }
        return records;
    }

    // More is better of throughput only.
    private static BenchmarkRecord Compare(string name, string unit, string peer, List<double> ours, List<double> theirs)
    {
        double Better(double mine, double other) => unit == "share" ? mine / other : other / mine;
        var ratios = ours.Zip(theirs, Better).ToList();
        var ratio = Better(Quantile(ours, 0.5), Quantile(theirs, 0.5));
        return new BenchmarkRecord(name, unit, Round(Quantile(ours, 0.5)), peer, Round(Quantile(theirs, 0.5)), Round(ratio), ratios.Count,
            Round((Quantile(ratios, 0.75) - Quantile(ratios, 0.25)) / ratio));
    }

    private static double Quantile(List<double> values, double share)
    {
        var sorted = values.Order().ToList();
        var at = share * (sorted.Count - 1);
        var (below, above) = (sorted[(int)Math.Floor(at)], sorted[(int)Math.Ceiling(at)]);
        return below + ((above - below) * (at - Math.Floor(at)));
    }

    private static double Round(double value) => Math.Round(value, 4);
}
