using SchedulerActivations.Experiments;

namespace SchedulerActivations.Machines.Simulated;

/// <summary>A deterministic discrete-event simulation of a kernel, in virtual time.</summary>
public sealed record SimulatedMachine : Machine
{
    /// <summary>How the simulated kernel schedules.</summary>
    public KernelModel Model { get; init; } = KernelModel.ExtendedActivations;

    /// <summary>What the simulated kernel's mechanisms cost.</summary>
    public CostModel Costs { get; init; } = CostModel.Paper2004;

    /// <summary>In which order the run does what a real kernel could do in several; null for the order of the times.</summary>
    public Schedule? Schedule { get; init; }

    /// <inheritdoc/>
    public override string Name => Model switch
    {
        KernelModel.KernelThreads => "simulated, kernel threads",
        KernelModel.OriginalActivations => "simulated, original activations",
        _ => "simulated",
    };

    /// <inheritdoc/>
    public override bool NeedsWorker => false;

    /// <inheritdoc/>
    public override bool AsksPolicy => Model != KernelModel.KernelThreads;

    internal override ExperimentResult Run(
        Experiment experiment, ComponentCatalog components, RunControl control, IProgress<RunProgress>? progress, CancellationToken cancellation) =>
        new SimulatedRun(experiment, this, components, control, progress).Run(cancellation);
}

/// <summary>How a simulated kernel schedules.</summary>
public enum KernelModel
{
    /// <summary>The paper's extended scheduler activations: the policy decides everything.</summary>
    ExtendedActivations,
    /// <summary>One kernel thread per user thread, time-shared by a fair scheduler in the manner of Linux' EEVDF; the policy is not asked.</summary>
    KernelThreads,
    /// <summary>
    /// The original scheduler activations (Anderson et al., 1991; figure 1 of the paper): every unblocking is reported by a new
    /// activation, which hands the application the states of the unblocked thread and of the one it interrupts. The number of
    /// virtual processors is fixed here as in the other models, and copying states costs nothing beside the switches.
    /// </summary>
    OriginalActivations,
}
