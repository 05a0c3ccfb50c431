using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies;

/// <summary>
/// The ready thread that will block soonest runs: that makes the average wait as short as it can be.
/// Nobody knows the future, so a thread is expected to run as long as it did before, newer turns counting for more.
/// One that has run for longer than expected is expected to run as long again as it has already.
/// Threads that run long between two waits can starve while shorter ones are ready: that is the price.
/// </summary>
[Claims(PolicyClaims.WorkConserving)]
public sealed class ShortestRemainingTime : SchedulingPolicy
{
    private readonly OrderedThreadQueue<TimeSpan> _ready = new();

    /// <summary>How long a thread may run at most until its remaining time is compared with that of others again; it is compared as soon as it has run for longer than expected. Infinite: it is compared with threads that become ready only.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromMilliseconds(4);

    /// <summary>How much the last turn counts in what is expected of the next, from 0 to 1.</summary>
    public double Newest { get; set; } = 0.5;

    /// <inheritdoc/>
    protected override void OnReady(UserThread thread, ReadyReason reason) => _ready.Enqueue(thread, Turn.Of(thread).Remaining(TimeSpan.Zero));

    /// <inheritdoc/>
    protected override UserThread? FindNextToRun(VirtualProcessor vp)
    {
        if (_ready.Dequeue() is not { } thread) return null;
        Turn.Of(thread).PickedAt = Now;
        return thread;
    }

    /// <inheritdoc/>
    protected override bool ShouldPreempt(VirtualProcessor vp, UserThread running, UserThread candidate) =>
        Turn.Of(candidate).Remaining(TimeSpan.Zero) < Turn.Of(running).Remaining(Now - Turn.Of(running).PickedAt);

    /// <inheritdoc/>
    protected override TimeSpan Quantum(UserThread thread) => TimeSlice == Timeout.InfiniteTimeSpan ? TimeSlice :
        TimeSpan.FromTicks(Math.Clamp(Turn.Of(thread).Remaining(TimeSpan.Zero).Ticks, TimeSlice.Ticks / 40, TimeSlice.Ticks));

    /// <inheritdoc/>
    protected override void OnRan(UserThread thread, TimeSpan ran) => Turn.Of(thread).Ran += ran;

    /// <inheritdoc/>
    protected override void OnCreated(UserThread thread) => thread.PolicyData = new Turn();

    /// <inheritdoc/>
    protected override void OnBlocked(UserThread thread, BlockReason reason)
    {
        var turn = Turn.Of(thread);
        turn.Expected = turn.Expected is { } expected ? (expected * (1 - Newest)) + (turn.Ran * Newest) : turn.Ran;
        turn.Ran = TimeSpan.Zero;
    }

    private sealed class Turn
    {
        public TimeSpan? Expected;
        public TimeSpan Ran, PickedAt;

        public TimeSpan Remaining(TimeSpan more) => Expected - Ran - more is { Ticks: > 0 } rest ? rest : Ran + more;

        public static Turn Of(UserThread thread) => (Turn)thread.PolicyData!;
    }
}
