using SchedulerActivations.Experiments;
using SchedulerActivations.Machines;
using SchedulerActivations.Machines.Patched;
using SchedulerActivations.Machines.Stock;
using SchedulerActivations.Policies;

namespace SchedulerActivations.Benchmarks;

/// <summary>A run in this process, under IoFirst.</summary>
internal static class Run
{
    public static ExperimentResult Of(Workload workload, string machine, int processors, TimeSpan duration)
    {
        var components = new ComponentCatalog();
        Machine on = machine == "stock" ? new StockMachine() : new PatchedMachine();
        return on.Run(
            new Experiment
            {
                Policy = components.Describe(new IoFirst()),
                Workload = components.Describe(workload),
                Machine = on,
                VirtualProcessors = processors,
                Tracing = false,
                Duration = duration,
                Watchdog = duration,
            },
            components, new RunControl(), null, CancellationToken.None);
    }
}
