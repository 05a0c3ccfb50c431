using System.Globalization;
using System.Text.Json;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Stock;
using SchedulerActivations.Policies;
using SchedulerActivations.Specialization;
using Spectre.Console;

// Eight computing threads that reach a safepoint after each millisecond of work, two I/O threads, the stock machine:
// how much sooner do the I/O threads run under IoFirst than under RoundRobin? Runs of both alternate, so that what else
// the computer does meets both; the figure is the median of the rounds' ratios.
const int rounds = 5;
var catalog = new ComponentCatalog();
var records = new List<object>();
var table = new Table().AddColumns("VPs", "percentile", "IoFirst", "RoundRobin", "ratio (median)", "spread");
foreach (var processors in new[] { 1, 2 })
{
    var runs = new List<(ReactivityHistogram IoFirst, ReactivityHistogram RoundRobin)>();
    for (var round = 0; round < rounds; round++)
    {
        Console.Error.WriteLine($"{processors} virtual processor(s), round {round + 1} of {rounds}");
        runs.Add((await Reactivity(new IoFirst(), processors, round), await Reactivity(new RoundRobin(), processors, round)));
    }
    foreach (var percentile in new[] { 50.0, 99.0 })
    {
        var ours = Sorted(runs.Select(run => run.IoFirst.Percentile(percentile).TotalMicroseconds));
        var peer = Sorted(runs.Select(run => run.RoundRobin.Percentile(percentile).TotalMicroseconds));
        var ratios = Sorted(runs.Select(run => run.RoundRobin.Percentile(percentile) / run.IoFirst.Percentile(percentile)));
        table.AddRow($"{processors}", $"p{percentile}", $"{ours[rounds / 2]:0} µs", $"{peer[rounds / 2]:0} µs",
            ratios[rounds / 2].ToString("0.0", CultureInfo.InvariantCulture), $"{ratios[0]:0.0} to {ratios[^1]:0.0}");
        records.Add(new
        {
            name = $"stock-p{percentile}-{processors}vp",
            unit = "µs",
            ours = ours[rounds / 2],
            peer = "round-robin",
            peerValue = peer[rounds / 2],
            ratio = ratios[rounds / 2],
            runs = rounds,
            spread = ratios[^1] - ratios[0],
        });
    }
}
AnsiConsole.Write(table);
Directory.CreateDirectory("out/bench");
File.WriteAllText("out/bench/stock-reactivity.json", JsonSerializer.Serialize(records, JsonSerializerOptions.Web));
Console.WriteLine("wrote out/bench/stock-reactivity.json");

async Task<ReactivityHistogram> Reactivity(SchedulingPolicy policy, int processors, int round)
{
    var result = await ExperimentRunner.RunAsync(new Experiment
    {
        Policy = catalog.Describe(policy),
        Workload = catalog.Describe(new ComputeAndIo()),
        Machine = new StockMachine(),
        VirtualProcessors = processors,
        Duration = TimeSpan.FromSeconds(3),
        Seed = (ulong)round + 1,
        Tracing = false,
    });
    return result.Reactivity;
}

static double[] Sorted(IEnumerable<double> values) => [.. values.Order()];
