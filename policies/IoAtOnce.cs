using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies;

/// <summary>
/// As <see cref="IoFirst"/>, but decided beforehand: a thread that has waited in the kernel goes first from then on, and no
/// policy code runs between its event and it; a kernel with scheduler activations hands it the virtual processor by itself.
/// One that is not done within its time slice is a computing thread until it waits in the kernel again.
/// First come, first served among both kinds.
/// </summary>
/// <remarks>Threads that unblock all the time can keep the computing ones waiting for ever; <see cref="FairShare"/> does not let them.</remarks>
[Claims(PolicyClaims.WorkConserving)]
public sealed class IoAtOnce : SchedulingPolicy
{
    private readonly ThreadQueue _computing = new();

    /// <summary>How long a thread may run while others wait.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromMilliseconds(4);

    /// <inheritdoc/>
    protected override void OnReady(UserThread thread, ReadyReason reason)
    {
        if (reason == ReadyReason.Preempted) thread.GoesFirst = false;
        _computing.Enqueue(thread);
    }

    /// <inheritdoc/>
    protected override UserThread? FindNextToRun(VirtualProcessor vp) => _computing.Dequeue();

    /// <inheritdoc/>
    protected override TimeSpan Quantum(UserThread thread) => TimeSlice;

    /// <inheritdoc/>
    protected override void OnBlocked(UserThread thread, BlockReason reason)
    {
        if (reason == BlockReason.SystemCall) thread.GoesFirst = true;
    }
}
