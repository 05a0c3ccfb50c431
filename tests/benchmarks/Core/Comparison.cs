using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SchedulerActivations.Experiments.Workers;

namespace SchedulerActivations.Benchmarks;

/// <summary>Runs everything in turn, ours beside the peers', and says how they compare.</summary>
internal static class Comparison
{
    // What is compared with whom. "self:x" is another workload of ours; Target is what the ratio must reach, where that was promised.
    private static readonly (string Name, string Peer, double? Target)[] _pairs =
    [
        ("yield", "go", 3), ("yield", "boost-fiber", 2.5), ("yield", "sched_yield", 60), ("yield", "task", 4),
        ("ping-pong", "go", null), ("ping-pong", "boost-fiber", null), ("ping-pong", "pthread", null), ("ping-pong", "task", null),
        ("mutex", "go", null), ("mutex", "boost-fiber", null), ("mutex", "pthread", null), ("mutex", "task", null),
        ("mutex-contended", "go", null), ("mutex-contended", "boost-fiber", null), ("mutex-contended", "pthread", null), ("mutex-contended", "task", null),
        ("create-join", "go", null), ("create-join", "boost-fiber", null), ("create-join", "pthread", null), ("create-join", "task", null),
        ("sumtime-2000", "pthread", 200), ("sumtime-2000", "go", 8), ("sumtime-2000", "boost-fiber", null), ("sumtime-2000", "task", null), ("sumtime-2000-round-robin", "self:sumtime-2000", null),
        ("sumtime-100000", "go", null), ("sumtime-100000", "boost-fiber", null), ("sumtime-100000", "task", null),
        ("sumtime-1000000", "go", 2.5), ("sumtime-1000000", "task", null), ("sumtime-1000000-round-robin", "self:sumtime-1000000", null), ("sumtime-1000000-stealing", "self:sumtime-1000000", null),
        ("skynet-1000000", "go", null), ("skynet-1000000", "task", null), ("skynet-1000000-round-robin", "self:skynet-1000000", null),
        ("sleeping-thread-bytes", "go", 8), ("sleeping-thread-bytes", "boost-fiber", null), ("sleeping-thread-bytes", "pthread", null), ("sleeping-thread-bytes", "task", null),
        ("yield-traced", "self:yield", 0.25),
        ("sumtime-2vp", "self:sumtime-1vp", 1.6), ("sumtime-2vp-stealing", "self:sumtime-1vp", 1.6),
    ];

    private static readonly JsonSerializerOptions _indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private sealed record Row(string Name, string Unit, double Ours, string Peer, double PeerValue, double Ratio, int Runs, double Spread);

    public static int Run(string peers, string output, int runs)
    {
        var values = new Dictionary<(string Name, string Peer), (string Unit, List<double> Values)>();
        for (var run = 1; run <= runs; run++)
        {
            foreach (var of in _pairs.GroupBy(pair => pair.Name))
            {
                Console.Error.Write($"\rrun {run} of {runs}: {of.Key,-28}");
                Measure(of.Key, "ours");
                foreach (var pair in of) Measure(pair.Peer.StartsWith("self:", StringComparison.Ordinal) ? pair.Peer["self:".Length..] : pair.Name, PeerOf(pair.Peer));
            }
        }
        Console.Error.WriteLine();

        var rows = _pairs.Select(pair =>
        {
            var ours = values[(pair.Name, "ours")];
            var theirs = values[pair.Peer.StartsWith("self:", StringComparison.Ordinal) ? (pair.Peer["self:".Length..], "ours") : (pair.Name, pair.Peer)].Values;
            // Where two workloads of ours are compared, one of them may have been run more often.
            var ratios = ours.Values.Zip(theirs, (mine, other) => other / mine).ToList();
            var ratio = Quantile(theirs, 0.5) / Quantile(ours.Values, 0.5);
            return new Row(pair.Name, ours.Unit, Quantile(ours.Values, 0.5), pair.Peer.Split(':')[0], Quantile(theirs, 0.5), ratio, runs,
                (Quantile(ratios, 0.75) - Quantile(ratios, 0.25)) / ratio);
        }).ToList();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        File.WriteAllText(output, JsonSerializer.Serialize(rows, _indented));
        Print(rows);
        return 0;

        string PeerOf(string peer) => peer.StartsWith("self:", StringComparison.Ordinal) ? "ours" : peer;

        void Measure(string name, string peer)
        {
            var measurement = Start(peers, name, peer);
            if (!values.TryGetValue((name, peer), out var seen)) values[(name, peer)] = seen = (measurement.Unit, []);
            seen.Values.Add(measurement.Value);
        }
    }

    private static Measurement Start(string peers, string name, string peer)
    {
        var start = peer switch
        {
            "ours" => LikeAWorker(new ProcessStartInfo(Environment.ProcessPath!)),
            "task" => new ProcessStartInfo(Path.Combine(peers, "task", "task-peer")) { Environment = { ["DOTNET_PROCESSOR_COUNT"] = "1" } },
            _ => new ProcessStartInfo(Path.Combine(peers, peer)),
        };
        start.ArgumentList.Add(name);
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{peer} {name} ended with status {process.ExitCode}.");
        return Measurement.FromJson(line);
    }

    private static ProcessStartInfo LikeAWorker(ProcessStartInfo start)
    {
        foreach (var (name, value) in WorkerProcess.Environment(warm: false)) start.Environment[name] = value;
        return start;
    }

    private static void Print(IEnumerable<Row> rows)
    {
        Console.WriteLine($"{"",-28} {"ours",12} {"",-5} {"peer",-12} {"",12} {"ratio",9} {"spread",7}  {"at least",8}");
        foreach (var (row, pair) in rows.Zip(_pairs))
        {
            var verdict = pair.Target is not { } target ? "" : string.Create(CultureInfo.InvariantCulture, $"{target,8} {(row.Ratio >= target ? "" : "MISSED")}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{row.Name,-28} {row.Ours,12:0.##} {row.Unit,-5} {row.Peer,-12} {row.PeerValue,12:0.##} {row.Ratio,9:0.00} {row.Spread,7:0%}  {verdict}").TrimEnd());
        }
    }

    private static double Quantile(List<double> values, double share)
    {
        var sorted = values.Order().ToList();
        var at = share * (sorted.Count - 1);
        var (below, above) = (sorted[(int)Math.Floor(at)], sorted[(int)Math.Ceiling(at)]);
        return below + ((above - below) * (at - Math.Floor(at)));
    }
}
