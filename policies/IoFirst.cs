using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies;

/// <summary>
/// A thread that was blocked in the kernel goes before all others and takes the virtual processor from one that computes.
/// It has waited for an event and is likely to be done with it soon, so the others lose little.
/// One that is not done within its time slice is a computing thread from then on.
/// First come, first served among both kinds.
/// </summary>
/// <remarks>Threads that unblock all the time can keep the computing ones waiting for ever; <see cref="FairShare"/> does not let them.</remarks>
[Claims(PolicyClaims.WorkConserving)]
public sealed class IoFirst : SchedulingPolicy
{
    private readonly ThreadQueue _unblocked = new(), _computing = new();

    /// <summary>How long a thread may run while others wait.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromMilliseconds(4);

    /// <inheritdoc/>
    protected override void OnReady(UserThread thread, ReadyReason reason) =>
        (reason == ReadyReason.Unblocked ? _unblocked : _computing).Enqueue(thread);

    /// <inheritdoc/>
    protected override UserThread? FindNextToRun(VirtualProcessor vp) => _unblocked.Dequeue() ?? _computing.Dequeue();

    /// <inheritdoc/>
    protected override bool ShouldPreempt(VirtualProcessor vp, UserThread running, UserThread candidate) =>
        candidate.ReadyReason == ReadyReason.Unblocked && running.ReadyReason != ReadyReason.Unblocked;

    /// <inheritdoc/>
    protected override TimeSpan Quantum(UserThread thread) => TimeSlice;
}
