using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Machines.Simulated;

/// <summary>What happens at what cost under a kernel model: the difference between the models, in one place.</summary>
internal abstract class KernelTiming(CostModel costs)
{
    protected CostModel Costs { get; } = costs;

    /// <summary>An event interrupts a processor, up to the point at which the next thread is chosen.</summary>
    public long Interrupt => Another + Upcall;

    /// <summary>What another event costs that the upcall for the one before reports as well: several events, one upcall.</summary>
    public abstract long Another { get; }

    protected virtual long Upcall => Costs.Upcall;

    /// <summary>A system call that does not block.</summary>
    public long SystemCall => Costs.SystemCall;

    /// <summary>A system call that blocks, up to the point at which the next thread is chosen.</summary>
    public abstract long Block { get; }

    /// <summary>From the choice of a thread to its first instruction. At least 1 ns, so that time passes in any case.</summary>
    public abstract long Switch(UserThread thread);

    public static KernelTiming Of(KernelModel model, CostModel costs) => model switch
    {
        KernelModel.ExtendedActivations => new ExtendedActivations(costs),
        KernelModel.OriginalActivations => new OriginalActivations(costs),
        KernelModel.KernelThreads => new KernelThreads(costs),
        _ => throw new ArgumentOutOfRangeException(nameof(model), model, "There is no such kernel model."),
    };

    private sealed class ExtendedActivations(CostModel costs) : KernelTiming(costs)
    {
        public override long Another => Costs.Interrupt;

        public override long Block => Costs.SystemCall + Costs.KernelSwitch + Costs.Upcall;

        // An unblocked thread is inside the kernel and is restarted there; any other one is resumed by a user-level switch.
        public override long Switch(UserThread thread) =>
            Math.Max(1, thread is { ReadyReason: ReadyReason.Unblocked, Request: Request.Read } ? Costs.Restart : Costs.UserSwitch);
    }

    private sealed class OriginalActivations(CostModel costs) : KernelTiming(costs)
    {
        // The unblocked thread first runs its part in the kernel to the end; then a new activation makes the upcall.
        public override long Another => Costs.Interrupt + (2 * Costs.KernelSwitch);

        public override long Block => Costs.SystemCall + Costs.KernelSwitch + Costs.Upcall;

        // The states of all threads that are not blocked have been handed to the application.
        public override long Switch(UserThread thread) => Math.Max(1, Costs.UserSwitch);
    }

    private sealed class KernelThreads(CostModel costs) : KernelTiming(costs)
    {
        public override long Another => Costs.Interrupt;

        protected override long Upcall => 0;

        public override long Block => Costs.SystemCall;

        public override long Switch(UserThread thread) => Math.Max(1, Costs.KernelSwitch);
    }
}
