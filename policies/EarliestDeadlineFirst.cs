using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies;

/// <summary>
/// The ready thread whose deadline comes first runs, and takes the virtual processor from one whose deadline comes later.
/// A thread of priority -5 has 5 ms from each wake-up or creation to get done what it has to do until it blocks again.
/// On one virtual processor all deadlines are met if that is possible at all (Liu and Layland, 1973).
/// Threads of priority 0 and above have no deadline: they take turns when nobody else is ready.
/// </summary>
/// <remarks>An event that a thread finds waiting when it is done with another does not wake it up: it belongs to what was to be done by the old deadline. Where too much is asked for, deadlines are missed by whomever it hits, and threads without one starve. On several virtual processors deadlines can be missed although they could be met.</remarks>
[Claims(PolicyClaims.WorkConserving)]
public sealed class EarliestDeadlineFirst : SchedulingPolicy
{
    private readonly OrderedThreadQueue<TimeSpan> _ready = new();

    /// <summary>How long a thread without a deadline may run while others wait.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromMilliseconds(4);

    /// <inheritdoc/>
    protected override void OnReady(UserThread thread, ReadyReason reason)
    {
        if (reason is ReadyReason.Unblocked or ReadyReason.Signaled) BeginJob(thread);
        _ready.Enqueue(thread, Deadline(thread));
    }

    /// <inheritdoc/>
    protected override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.Dequeue();

    /// <inheritdoc/>
    protected override bool ShouldPreempt(VirtualProcessor vp, UserThread running, UserThread candidate) => Deadline(candidate) < Deadline(running);

    /// <inheritdoc/>
    protected override TimeSpan Quantum(UserThread thread) => Deadline(thread) == TimeSpan.MaxValue ? TimeSlice : Timeout.InfiniteTimeSpan;

    /// <inheritdoc/>
    protected override void OnCreated(UserThread thread) => BeginJob(thread);

    private void BeginJob(UserThread thread) =>
        thread.PolicyData = thread.Priority < 0 ? Now + TimeSpan.FromMilliseconds(-(long)thread.Priority) : TimeSpan.MaxValue;

    private static TimeSpan Deadline(UserThread thread) => (TimeSpan)thread.PolicyData!;
}
