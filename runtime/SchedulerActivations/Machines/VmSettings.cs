namespace SchedulerActivations.Machines;

/// <summary>The VM that a machine wants its runs made in.</summary>
/// <param name="CountedTime">Whether an instruction takes a nanosecond, on one processor.</param>
/// <param name="Kvm">Whether it runs under KVM and is not emulated.</param>
/// <param name="Memory">Its memory in MiB.</param>
/// <param name="Kernel">The kernel to boot: an image, or a kind that kernel-patch/build makes.</param>
internal sealed record VmSettings(bool CountedTime, bool Kvm, int Memory, string Kernel);
