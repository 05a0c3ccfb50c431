using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// Sleeping threads, and waiting ones that will not wait for ever.
internal sealed partial class Scheduler
{
    /// <summary>The deadline of a wait that has none.</summary>
    public const long NoDeadline = long.MaxValue;

    private readonly TimerQueue _timers = new();

    /// <summary>When the next sleep or time-out ends; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextTimer => _timers.NextDue;

    /// <summary>The time on the machine's clock that is so far ahead, in nanoseconds; <see cref="NoDeadline"/> for the infinite time and for what the clock does not reach.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    public long Deadline(TimeSpan ahead)
    {
        if (ahead == Timeout.InfiniteTimeSpan) return NoDeadline;
        ArgumentOutOfRangeException.ThrowIfLessThan(ahead, TimeSpan.Zero);
        var now = Kernel.Now;
        return ahead.Ticks >= (NoDeadline - now) / 100 ? NoDeadline : now + (ahead.Ticks * 100);
    }

    // A virtual processor goes on with a thread and may not look at timers for long: one that idles has to wait for the next of them.
    private void HaveTimersAwaited()
    {
        VirtualProcessor? waiting = null;
        foreach (var other in _processors)
        {
            if (!other.Idle) continue;
            // It waits already, or is about to come and waits then.
            if (other.Attention || other.IdlesUntil <= NextTimer) return;
            waiting = other;
        }
        if (waiting is not null) Kernel.Notify(waiting);
    }

    /// <summary>Makes ready whoever has slept long enough, and whoever has waited as long as it wanted to.</summary>
    public void FireTimers(VirtualProcessor vp)
    {
        if (_timers.Count == 0) return;
        var now = Kernel.Now;
        while (_timers.NextDue <= now && _timers.First is { } thread)
        {
            if (thread.BlockReason != BlockReason.Sleep && !InterruptWait(vp, thread, WaitOutcome.TimedOut)) continue;
            Unblock(vp, thread, ReadyReason.Unblocked);
        }
        // Whom the end of a wait let in: a writer that gives up lets readers pass.
        TakeAnnounced(vp);
    }
}
