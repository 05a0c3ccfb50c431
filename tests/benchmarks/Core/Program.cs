using SchedulerActivations.Benchmarks;

// With a workload's name: runs it once and prints one line of JSON, as the peers do.
// With "allocations": BenchmarkDotNet's table of what an operation allocates.
// With "compare": runs all workloads, ours and the peers', in turn, and prints the table (what tests/benchmarks/bench-core calls).
if (args is ["compare", var peers, var output, var runs]) return Comparison.Run(peers, output, int.Parse(runs, System.Globalization.CultureInfo.InvariantCulture));
if (args is ["allocations"])
{
    Allocations.Run();
    return 0;
}
if (args is not [var name] || !Workloads.All.TryGetValue(name, out var workload))
{
    Console.Error.WriteLine($"usage: core-benchmarks compare PEERS-FOLDER OUTPUT-FILE RUNS | allocations | {string.Join(" | ", Workloads.All.Keys)}");
    return 2;
}
Console.WriteLine(new Measurement(name, "ours", workload.Unit, workload.Measure()).ToJson());
// Threads that still sleep are not waited for.
Environment.Exit(0);
return 0;
