using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// Sleeping threads.
internal sealed partial class Scheduler
{
    private readonly PriorityQueue<UserThread, long> _timers = new();

    /// <summary>When the next sleeping thread wakes; <see cref="long.MaxValue"/> when none sleeps.</summary>
    public long NextTimer => _timers.TryPeek(out _, out var due) ? due : long.MaxValue;

    /// <summary>Makes ready whoever has slept long enough.</summary>
    public void FireTimers(VirtualProcessor vp)
    {
        if (_timers.Count == 0) return;
        var now = Kernel.Now;
        while (_timers.TryPeek(out var thread, out var due) && due <= now)
        {
            _timers.Dequeue();
            Unblock(vp, thread, ReadyReason.Unblocked);
        }
    }
}
