using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Machines.Simulated;

/// <summary>
/// The kernel-threads model's scheduler, in the manner of Linux' EEVDF (kernel/sched/fair.c): of the threads that have
/// had no more than their share, the one with the earliest virtual deadline runs; one that wakes keeps the lag it went
/// to sleep with and displaces the running one only when that has had its share. One queue for all processors.
/// </summary>
internal sealed class FairKernelScheduler : SchedulingPolicy
{
    // kernel/sched/fair.c, sysctl_sched_base_slice: 0.7 ms, scaled by 1 + log2(processors); 2.8 ms on eight and more.
    private const long Slice = 2_800_000;

    private sealed class Entity
    {
        public long VirtualTime, Deadline, Lag;
    }

    private readonly List<UserThread> _runnable = [];
    private readonly HashSet<UserThread> _running = [];

    protected internal override void OnCreated(UserThread thread) => thread.PolicyData = new Entity();

    protected internal override void OnReady(UserThread thread, ReadyReason reason)
    {
        var entity = Of(thread);
        _running.Remove(thread);
        if (reason is ReadyReason.Created or ReadyReason.Unblocked or ReadyReason.Signaled)
        {
            entity.VirtualTime = Average() - Math.Clamp(entity.Lag, -Slice, Slice);
            entity.Deadline = entity.VirtualTime + Slice;
        }
        else if (reason == ReadyReason.Yielded || entity.VirtualTime >= entity.Deadline)
        {
            entity.Deadline = Math.Max(entity.Deadline, entity.VirtualTime) + Slice;
        }
        _runnable.Add(thread);
    }

    protected internal override UserThread? FindNextToRun(VirtualProcessor vp)
    {
        var best = Earliest();
        if (best is null) return null;
        _runnable.Remove(best);
        _running.Add(best);
        return best;
    }

    protected internal override bool ShouldPreempt(VirtualProcessor vp, UserThread running, UserThread candidate)
    {
        var had = Of(running).VirtualTime + ((vp.Scheduler.Kernel.Now - vp.PickedAt) / Math.Max(1, _running.Count / VirtualProcessors));
        return had > Average() && Earliest() == candidate;
    }

    protected internal override TimeSpan Quantum(UserThread thread) => TimeSpan.FromTicks(Slice / 100);

    protected internal override void OnRan(UserThread thread, TimeSpan ran) => Of(thread).VirtualTime += ran.Ticks * 100;

    protected internal override void OnBlocked(UserThread thread, BlockReason reason)
    {
        _running.Remove(thread);
        Of(thread).Lag = Average() - Of(thread).VirtualTime;
    }

    protected internal override void OnFinished(UserThread thread) => _running.Remove(thread);

    private static Entity Of(UserThread thread) => (Entity)thread.PolicyData!;

    private long Average()
    {
        var count = _runnable.Count + _running.Count;
        return count == 0 ? 0 : (long)((_runnable.Sum(t => (decimal)Of(t).VirtualTime) + _running.Sum(t => (decimal)Of(t).VirtualTime)) / count);
    }

    private UserThread? Earliest()
    {
        var average = Average();
        UserThread? best = null;
        foreach (var thread in _runnable)
            if (Of(thread).VirtualTime <= average && (best is null || Of(thread).Deadline < Of(best).Deadline)) best = thread;
        return best ?? (_runnable.Count == 0 ? null : _runnable.MinBy(thread => Of(thread).VirtualTime));
    }
}
