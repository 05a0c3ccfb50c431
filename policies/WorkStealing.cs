using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies;

/// <summary>
/// Work stealing (Blumofe and Leiserson, 1999): every virtual processor runs its own newest thread, whose data is likely
/// to be in its cache; one that has nothing to do takes another's oldest, which is likely to be the most work. A thread that
/// gives way stands behind all others of its processor. There is a lock for each virtual processor, and none for all.
/// </summary>
/// <remarks>Older threads starve while newer ones keep becoming ready on their processor and nobody steals.</remarks>
public sealed class WorkStealing : SchedulingPolicy
{
    private readonly StealingQueues _ready = new();

    /// <summary>How long a thread may run while others wait.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromMilliseconds(4);

    /// <inheritdoc/>
    protected override PolicyLocking Locking => PolicyLocking.OnePerVirtualProcessor;

    /// <inheritdoc/>
    protected override void OnReady(UserThread thread, ReadyReason reason)
    {
        if (reason is ReadyReason.Yielded or ReadyReason.Preempted) _ready.EnqueueOldest(Here, thread);
        else _ready.EnqueueNewest(Here, thread);
    }

    /// <inheritdoc/>
    protected override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.DequeueNewest(vp) ?? _ready.Steal(vp);

    /// <inheritdoc/>
    protected override TimeSpan Quantum(UserThread thread) => TimeSlice;
}
