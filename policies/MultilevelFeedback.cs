using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies;

/// <summary>
/// Learns who is interactive: every thread starts at the top of four levels, and the highest level that has a ready thread runs.
/// A thread that has used up its allotment at a level, in however many turns, moves down; below, allotments are twice as long.
/// Now and then all threads are lifted to the top again, so that nobody starves and a thread can change its ways.
/// First come, first served within a level; a thread of a higher level takes the virtual processor at once.
/// </summary>
/// <remarks>A ready thread waits for <see cref="BoostEvery"/>, a turn at the lowest level and one top allotment of each other thread at most.</remarks>
[Claims(PolicyClaims.WorkConserving)]
public sealed class MultilevelFeedback : SchedulingPolicy
{
    private readonly ThreadQueue[] _levels = [new(), new(), new(), new()];
    private TimeSpan _boosted;

    /// <summary>How long a thread may run at the top level; twice as long at each level below.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>How often all threads are lifted to the top.</summary>
    public TimeSpan BoostEvery { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc/>
    protected override void OnReady(UserThread thread, ReadyReason reason)
    {
        var standing = Standing.Of(thread);
        if (standing.Boosted < _boosted) (standing.Level, standing.Used, standing.Boosted) = (0, TimeSpan.Zero, _boosted);
        if (standing.Used >= Allotment(standing)) (standing.Level, standing.Used) = (Math.Min(standing.Level + 1, _levels.Length - 1), TimeSpan.Zero);
        _levels[standing.Level].Enqueue(thread);
    }

    /// <inheritdoc/>
    protected override UserThread? FindNextToRun(VirtualProcessor vp)
    {
        if (Now - _boosted >= BoostEvery) Boost();
        foreach (var level in _levels)
            if (level.Dequeue() is { } thread) return thread;
        return null;
    }

    /// <inheritdoc/>
    protected override bool ShouldPreempt(VirtualProcessor vp, UserThread running, UserThread candidate) => Standing.Of(candidate).Level < Standing.Of(running).Level;

    /// <inheritdoc/>
    protected override TimeSpan Quantum(UserThread thread) => Allotment(Standing.Of(thread)) - Standing.Of(thread).Used;

    /// <inheritdoc/>
    protected override void OnRan(UserThread thread, TimeSpan ran) => Standing.Of(thread).Used += ran;

    /// <inheritdoc/>
    protected override void OnCreated(UserThread thread) => thread.PolicyData = new Standing { Boosted = _boosted };

    private TimeSpan Allotment(Standing standing) => TimeSlice == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : TimeSlice * (1 << standing.Level);

    private void Boost()
    {
        _boosted = Now;
        foreach (var level in _levels.Skip(1))
            while (level.Dequeue() is { } thread) OnReady(thread, thread.ReadyReason);
    }

    private sealed class Standing
    {
        public int Level;
        public TimeSpan Used, Boosted;

        public static Standing Of(UserThread thread) => (Standing)thread.PolicyData!;
    }
}
