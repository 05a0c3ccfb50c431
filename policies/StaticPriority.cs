using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies;

/// <summary>
/// The ready thread with the highest <see cref="UserThread.Priority"/> runs; the workload says what is urgent.
/// A thread that becomes ready takes the virtual processor from one of lower priority at once.
/// First come, first served among equals, who take turns after a time slice.
/// A busy thread keeps all of lower priority waiting, for ever if it likes: that is what was asked for.
/// </summary>
[Claims(PolicyClaims.WorkConserving | PolicyClaims.HighestPriorityFirst)]
public sealed class StaticPriority : SchedulingPolicy
{
    private readonly OrderedThreadQueue<int> _ready = new(); // by ~priority, as the lowest one has no negative

    /// <summary>How long a thread may run while others of its priority wait; infinite for as long as it likes.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromMilliseconds(4);

    /// <inheritdoc/>
    protected override void OnReady(UserThread thread, ReadyReason reason) => _ready.Enqueue(thread, ~thread.Priority);

    /// <inheritdoc/>
    protected override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.Dequeue();

    /// <inheritdoc/>
    protected override bool ShouldPreempt(VirtualProcessor vp, UserThread running, UserThread candidate) =>
        candidate.Priority > running.Priority;

    /// <inheritdoc/>
    protected override TimeSpan Quantum(UserThread thread) => TimeSlice;

    /// <inheritdoc/>
    protected override void OnPriorityChanged(UserThread thread)
    {
        if (_ready.Remove(thread)) _ready.Enqueue(thread, ~thread.Priority);
    }
}
