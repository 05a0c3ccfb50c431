using System.Text.Json.Serialization;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Patched;
using SchedulerActivations.Machines.Peers;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Machines.Stock;

namespace SchedulerActivations.Machines;

/// <summary>
/// What executes a run. A machine is a value: its kind and its settings; two equal machines run an experiment alike.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(SimulatedMachine), "simulated")]
[JsonDerivedType(typeof(StockMachine), "stock")]
[JsonDerivedType(typeof(PatchedMachine), "patched")]
[JsonDerivedType(typeof(KernelThreadsMachine), "kernel-threads")]
[JsonDerivedType(typeof(ThreadPoolMachine), "thread-pool")]
public abstract record Machine
{
    /// <summary>What tables and charts call it.</summary>
    [JsonIgnore]
    public abstract string Name { get; }

    /// <summary>
    /// Whether every run needs a process of its own: user code that blocks, hangs or crashes then costs that process and
    /// not the notebook. A notebook cell's code gets one on any machine.
    /// </summary>
    [JsonIgnore]
    public abstract bool NeedsWorker { get; }

    /// <summary>Whether its worker must have everything compiled before a run.</summary>
    [JsonIgnore]
    internal virtual bool NeedsWarmWorker => false;

    /// <summary>The VM that its worker needs; null for a worker on this computer.</summary>
    [JsonIgnore]
    internal virtual VmSettings? Vm => null;

    /// <summary>Whether the policy schedules; false where somebody else does, and all policies give the same result.</summary>
    [JsonIgnore]
    public virtual bool AsksPolicy => true;

    /// <summary>Runs an experiment in this process.</summary>
    /// <param name="experiment">A valid experiment; <see cref="Experiment.Validate"/> has been called.</param>
    /// <param name="components">Makes the policy and the workload.</param>
    /// <param name="control">Asks for another policy during the run; the machine looks at it now and then.</param>
    /// <param name="progress">Told a few times a second; may be null.</param>
    /// <param name="cancellation">Ends the run early with an <see cref="OperationCanceledException"/>.</param>
    internal abstract ExperimentResult Run(
        Experiment experiment, ComponentCatalog components, RunControl control, IProgress<RunProgress>? progress, CancellationToken cancellation);
}
