using SchedulerActivations.Experiments;

namespace SchedulerActivations.Machines.Peers;

/// <summary>
/// A peer: what .NET offers. Async sockets and computing tasks on the thread pool, which schedules them; the policy is
/// not asked. Runs a <see cref="Experiments.Network.NetworkServer"/> only.
/// </summary>
public sealed record ThreadPoolMachine : Machine
{
    /// <inheritdoc/>
    public override string Name => "thread pool";

    /// <inheritdoc/>
    public override bool NeedsWorker => true;

    /// <inheritdoc/>
    public override bool AsksPolicy => false;

    internal override ExperimentResult Run(
        Experiment experiment, ComponentCatalog components, RunControl control, IProgress<RunProgress>? progress, CancellationToken cancellation) =>
        new ThreadPoolRun(experiment, components).Run(progress, cancellation);
}
