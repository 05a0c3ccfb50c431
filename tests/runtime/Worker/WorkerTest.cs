using System.Collections.Concurrent;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Workers;
using SchedulerActivations.Machines;
using SchedulerActivations.Machines.Simulated;

namespace SchedulerActivations.Tests.Worker;

/// <summary>What tests of the worker have in common: a real worker, and a look at what it leaves behind.</summary>
public abstract class WorkerTest
{
    private protected static readonly WorkerBounds Patient = new();

    private protected Reports Seen { get; } = new();

    private protected int ProcessId { get; private set; }

    private protected static Experiment Of(Workload workload, Machine? machine = null) => new()
    {
        Policy = new ComponentCatalog().Describe(new RoundRobin()),
        Workload = new ComponentCatalog().Describe(workload),
        Machine = machine ?? new SimulatedMachine(),
        Duration = TimeSpan.FromSeconds(1),
    };

    private protected static Experiment Misbehave(string what) => Of(new Misbehaving { What = what });

    // A virtual hour: a run that does not end while a test looks.
    private protected static Experiment Endless() => Of(new ComputeAndIo()) with { Duration = TimeSpan.FromHours(10), Tracing = false };

    private protected async Task<ExperimentResult> RunAsync(
        Experiment experiment, WorkerLocation? location = null, WorkerBounds? bounds = null, Action<int>? started = null, CancellationToken cancellation = default)
    {
        // A process of the same number may have left something, once.
        var before = Directory.GetFileSystemEntries(Path.GetTempPath());
        try
        {
            return await WorkerClient.RunAsync(location ?? WorkerLocation.Find(), experiment, Seen, bounds ?? Patient, cancellation, id =>
            {
                ProcessId = id;
                started?.Invoke(id);
            });
        }
        finally
        {
            AssertNothingIsLeft(ProcessId, before);
        }
    }

    private static void AssertNothingIsLeft(int process, IEnumerable<string> before)
    {
        if (process == 0) return;
        Assert.False(Directory.Exists($"/proc/{process}"), $"process {process} is still there: {Status(process)}");
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetTempPath(), $"*-{process}-*").Except(before));
    }

    private static string Status(int process)
    {
        try { return File.ReadAllText($"/proc/{process}/status"); }
        catch (IOException) { return "gone meanwhile"; }
    }

    private protected sealed class Reports : IProgress<RunProgress>
    {
        private readonly ConcurrentQueue<RunProgress> _all = new();
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IEnumerable<RunProgress> All => _all;

        public string Output => string.Concat(_all.Select(report => report.Output));

        public Task First => _first.Task;

        public Action<RunProgress>? Then { get; set; }

        public void Report(RunProgress value)
        {
            _all.Enqueue(value);
            _first.TrySetResult();
            Then?.Invoke(value);
        }
    }
}
