using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Linux;

namespace SchedulerActivations.Machines.Patched;

/// <summary>
/// A Linux kernel with scheduler activations (kernel-patch/): the policy runs in answer to every block and unblock, and
/// may take the virtual processor from a thread in the midst of its computation.
/// </summary>
/// <remarks>Where this computer's own kernel has none, each run is made in a VM of its own.</remarks>
public sealed record PatchedMachine : Machine
{
    /// <summary>Whether the run is made in counted time: in an emulated VM with one processor on which an instruction takes a nanosecond, so that figures do not depend on this computer.</summary>
    public bool CountedTime { get; init; }

    /// <summary>
    /// Whether the VM runs under KVM: its processors are this computer's own, and no emulator stands between them and a figure.
    /// A boot under KVM must have worked here, which is tried once.
    /// </summary>
    public bool Kvm { get; init; }

    /// <summary>The kernel for the VM: an image, or a kind that <c>kernel-patch/build</c> makes.</summary>
    public string Kernel { get; init; } = "vm";

    /// <summary>The VM's memory in MiB.</summary>
    public int Memory { get; init; } = 2048;

    /// <inheritdoc/>
    public override string Name => CountedTime ? "patched, counted time" : Kvm ? "patched, KVM" : "patched";

    /// <inheritdoc/>
    public override bool NeedsWorker => true;

    internal override bool NeedsWarmWorker => true;

    internal override VmSettings? Vm => CountedTime || !ActivationCalls.AreThere ? new VmSettings(CountedTime, Kvm, Memory, Kernel) : null;

    internal override ExperimentResult Run(
        Experiment experiment, ComponentCatalog components, RunControl control, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        if (!ActivationCalls.AreThere)
            throw new PlatformNotSupportedException($"The running kernel ({RunEnvironment.Capture().Kernel}) has no scheduler activations. Boot one that has: 'make kernel' builds it, 'lab vm' boots it.");
        return new LinuxRun(experiment, components, control, progress, policy => new PatchedKernel(experiment, policy)).Run(cancellation);
    }
}
