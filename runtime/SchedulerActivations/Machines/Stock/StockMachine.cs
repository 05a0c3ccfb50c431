using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Linux;

namespace SchedulerActivations.Machines.Stock;

/// <summary>This computer's own kernel, unpatched and unprivileged: virtual processors are carried by OS threads.</summary>
public sealed record StockMachine : Machine
{
    /// <inheritdoc/>
    public override string Name => "stock";

    /// <inheritdoc/>
    public override bool NeedsWorker => true;

    internal override ExperimentResult Run(
        Experiment experiment, ComponentCatalog components, RunControl control, IProgress<RunProgress>? progress, CancellationToken cancellation) =>
        new LinuxRun(experiment, components, control, progress, policy => new StockKernel(experiment, policy)).Run(cancellation);
}
