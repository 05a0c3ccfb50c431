using SchedulerActivations.Experiments;

namespace SchedulerActivations.Machines.Peers;

/// <summary>
/// A peer: this computer's own kernel and nothing on top of it. One OS thread for each connection and each computing
/// thread, blocking calls; the kernel schedules, the policy is not asked. Runs a <see cref="Experiments.Network.NetworkServer"/> only.
/// </summary>
public sealed record KernelThreadsMachine : Machine
{
    /// <inheritdoc/>
    public override string Name => "kernel threads";

    /// <inheritdoc/>
    public override bool NeedsWorker => true;

    /// <inheritdoc/>
    public override bool AsksPolicy => false;

    internal override ExperimentResult Run(
        Experiment experiment, ComponentCatalog components, RunControl control, IProgress<RunProgress>? progress, CancellationToken cancellation) =>
        new KernelThreadsRun(experiment, components).Run(progress, cancellation);
}
