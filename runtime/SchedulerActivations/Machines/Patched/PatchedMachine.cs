using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Linux;

namespace SchedulerActivations.Machines.Patched;

/// <summary>
/// A Linux kernel with scheduler activations (kernel-patch/): the policy runs in answer to every block and unblock, and
/// may take the virtual processor from a thread in the midst of its computation.
/// </summary>
/// <remarks>Where this computer's own kernel has none, runs are made in a VM, which is started for the first of them.</remarks>
public sealed record PatchedMachine : Machine
{
    /// <inheritdoc/>
    public override string Name => "patched";

    /// <inheritdoc/>
    public override bool NeedsWorker => true;

    internal override ExperimentResult Run(
        Experiment experiment, ComponentCatalog components, RunControl control, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        if (!ActivationCalls.AreThere)
            throw new PlatformNotSupportedException($"The running kernel ({RunEnvironment.Capture().Kernel}) has no scheduler activations. Boot one that has: 'make kernel' builds it, 'lab vm' boots it.");
        return new LinuxRun(experiment, components, control, progress, policy => new PatchedKernel(experiment, policy)).Run(cancellation);
    }
}
