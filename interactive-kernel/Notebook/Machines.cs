using SchedulerActivations.Experiments;
using SchedulerActivations.Machines;
using SchedulerActivations.Machines.Patched;
using SchedulerActivations.Machines.Peers;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Machines.Stock;

namespace SchedulerActivations.Notebook;

/// <summary>The machines by their short names: what a cell writes to say where to run.</summary>
/// <remarks>Cells open the namespaces of the library but stand in none of them, so that this name does not collide with the namespace of the machines.</remarks>
#pragma warning disable CA1724
public static class Machines
#pragma warning restore CA1724
{
    /// <summary>A simulated kernel with the paper's extended scheduler activations, in virtual time.</summary>
    public static Machine Simulated { get; } = new SimulatedMachine();

    /// <summary>A simulated kernel with the original scheduler activations of 1991, in virtual time.</summary>
    public static Machine SimulatedOriginalActivations { get; } = new SimulatedMachine { Model = KernelModel.OriginalActivations };

    /// <summary>A simulated kernel that time-shares one kernel thread per user thread; the policy is not asked.</summary>
    public static Machine SimulatedKernelThreads { get; } = new SimulatedMachine { Model = KernelModel.KernelThreads };

    /// <summary>This computer's own kernel.</summary>
    public static Machine Stock { get; } = new StockMachine();

    /// <summary>A Linux kernel with scheduler activations: this computer's, where it has them, else in a VM.</summary>
    public static Machine Patched { get; } = new PatchedMachine();

    /// <summary>The same in counted time: an emulated computer with one processor on which an instruction takes a nanosecond, so that figures do not depend on this one.</summary>
    public static Machine PatchedCountedTime { get; } = new PatchedMachine { CountedTime = true };

    /// <summary>As <see cref="Patched"/>, with the VM under KVM and not emulated: its processors are this computer's own. Only where a boot under KVM works, which is tried once.</summary>
    public static Machine PatchedKvm { get; } = new PatchedMachine { Kvm = true };

    /// <summary>What is missing here for runs on the patched machine, and what to do; null when nothing is.</summary>
    public static string? PatchedMissing => ExperimentRunner.FindMissing(Patched);

    /// <summary>A peer: this computer's own kernel with an OS thread for each thread of a <see cref="Experiments.Network.NetworkServer"/>, the only workload it runs; the policy is not asked.</summary>
    public static Machine KernelThreads { get; } = new KernelThreadsMachine();

    /// <summary>A peer: a <see cref="Experiments.Network.NetworkServer"/>, the only workload it runs, with async sockets on .NET's thread pool; the policy is not asked.</summary>
    public static Machine ThreadPool { get; } = new ThreadPoolMachine();
}
