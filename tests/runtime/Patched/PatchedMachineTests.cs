using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Patched;
using SchedulerActivations.Policies;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.Patched;

/// <summary>Runs under the patched kernel, in a VM that all of them share.</summary>
public sealed class PatchedMachineTests
{
    private static readonly PatchedMachine Machine = new();

    [SkippableFact]
    public async Task Events_are_answered_beside_computing_threads_that_reach_no_safepoint()
    {
        var result = await RunAsync(new IoFirst(), new ComputeAndIo { WorkBetweenSafepoints = TimeSpan.FromSeconds(100) });
        Assert.Null(result.Ejection);
        Assert.All(result.Ports, port => Assert.InRange(port.Due - port.Handled, 0, 2));
        Assert.True(result.Counters["preemptions"] > 0);
        Assert.True(result.Counters["upcalls unblock"] > 0);
        Assert.Contains("6.12", result.Environment.Kernel, StringComparison.Ordinal);
    }

    private static async Task<ExperimentResult> RunAsync(SchedulingPolicy policy, Workload workload, int processors = 1)
    {
        PatchedKernelBuild.SkipIfMissing();
        var catalog = new ComponentCatalog();
        return await ExperimentRunner.RunAsync(new Experiment
        {
            Machine = Machine,
            Policy = catalog.Describe(policy),
            Workload = catalog.Describe(workload),
            VirtualProcessors = processors,
            Duration = TimeSpan.FromSeconds(1),
        });
    }
}
