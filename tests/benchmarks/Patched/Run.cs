using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Patched;
using SchedulerActivations.Machines.Stock;
using SchedulerActivations.Policies;

namespace SchedulerActivations.Benchmarks;

/// <summary>A run in this process.</summary>
internal static class Run
{
    public static ExperimentResult Of(Experiment experiment) => experiment.Machine.Run(experiment, new ComponentCatalog(), new RunControl(), null, CancellationToken.None);

    /// <summary>Under IoFirst, which may let threads starve: what is asked for is not to lose any.</summary>
    public static ExperimentResult Of(Workload workload, string machine, int processors, TimeSpan duration)
    {
        var components = new ComponentCatalog();
        return Of(new Experiment
        {
            Policy = components.Describe(new IoFirst()),
            Workload = components.Describe(workload),
            Machine = machine == "stock" ? new StockMachine() : new PatchedMachine(),
            VirtualProcessors = processors,
            Tracing = false,
            Duration = duration,
            Watchdog = duration,
        });
    }
}
