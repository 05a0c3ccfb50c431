using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies;

/// <summary>
/// The lottery without luck: a thread has as many tickets as its priority says, at least one, and gets time in proportion to them.
/// Each moves ahead by the time it has run divided by its tickets; the one that is furthest behind runs next (Waldspurger and Weihl, 1995).
/// On one virtual processor two busy threads are never further apart than a slice of each. One that was blocked goes on where the others are by then.
/// Nobody takes a virtual processor away before the end of a slice, and nobody starves.
/// </summary>
[Claims(PolicyClaims.WorkConserving)]
public sealed class Stride : SchedulingPolicy
{
    private readonly OrderedThreadQueue<double> _ready = new();
    private double _picked; // the furthest place at which a thread was picked

    /// <summary>How long a thread may run while others wait.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <inheritdoc/>
    protected override void OnReady(UserThread thread, ReadyReason reason)
    {
        if (reason is ReadyReason.Created or ReadyReason.Unblocked or ReadyReason.Signaled) thread.PolicyData = Math.Max(Place(thread), _picked);
        _ready.Enqueue(thread, Place(thread));
    }

    /// <inheritdoc/>
    protected override UserThread? FindNextToRun(VirtualProcessor vp)
    {
        if (_ready.Dequeue() is not { } thread) return null;
        _picked = Math.Max(_picked, Place(thread));
        return thread;
    }

    /// <inheritdoc/>
    protected override TimeSpan Quantum(UserThread thread) => TimeSlice;

    /// <inheritdoc/>
    protected override void OnRan(UserThread thread, TimeSpan ran) => thread.PolicyData = Place(thread) + (ran.TotalSeconds / Math.Max(1, thread.Priority));

    private static double Place(UserThread thread) => thread.PolicyData as double? ?? 0;
}
