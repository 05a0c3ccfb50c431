using System.Diagnostics;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Machines.Stock;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests;

/// <summary>A workload made of the test's own lambda; tests run in the process, so no component has to travel.</summary>
public sealed class LambdaWorkload : Workload
{
    private static readonly AsyncLocal<Action<WorkloadDefinition>?> _define = new();

    public static void Use(Action<WorkloadDefinition> define) => _define.Value = define;

    protected internal override void Define(WorkloadDefinition w) => _define.Value!(w);
}

/// <summary>Runs a test's threads under a policy on a machine.</summary>
internal static class TestRun
{
    public static readonly SimulatedMachine Simulated = new();
    public static readonly StockMachine Stock = new();

    /// <summary>One of the two, by the name that a theory's data has.</summary>
    public static Machine Named(string machine) => machine == "stock" ? Stock : Simulated;

    /// <summary>For a thread's own code: computes without an await until the other threads have come so far. No time bound that a busy computer passes.</summary>
    public static bool Comes(Func<bool> so)
    {
        var start = Stopwatch.GetTimestamp();
        while (!so() && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(4)) Thread.SpinWait(100);
        return so();
    }

    public static ExperimentResult On(
        Machine machine, Action<WorkloadDefinition> define, SchedulingPolicy? policy = null, int vps = 1, double milliseconds = 200, ulong seed = 1,
        TimeSpan? watchdog = null, IReadOnlyList<(double Milliseconds, SchedulingPolicy Policy)>? swaps = null, bool tracing = true)
    {
        LambdaWorkload.Use(define);
        var components = new ComponentCatalog();
        var experiment = new Experiment
        {
            Policy = components.Describe(policy ?? new RoundRobin()),
            Workload = components.Describe(new LambdaWorkload()),
            Machine = machine,
            VirtualProcessors = vps,
            Duration = TimeSpan.FromMilliseconds(milliseconds),
            Seed = seed,
            Tracing = tracing,
            Swaps = [.. (swaps ?? []).Select(swap => new PolicySwap(TimeSpan.FromMilliseconds(swap.Milliseconds), components.Describe(swap.Policy)))],
        };
        if (watchdog is { } bound) experiment = experiment with { Watchdog = bound };
        experiment.Validate();
        return machine.Run(experiment, components, new RunControl(), null, CancellationToken.None);
    }
}
