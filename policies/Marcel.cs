using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies;

/// <summary>
/// The default scheduling of Marcel, the thread library of PM2 (ma_schedule, MARCEL_SCHED_SHARED): one queue for the machine, one for each virtual processor.
/// A virtual processor takes the highest priority of both queues, of equals its own queue's; threads are in the machine's unless bound: "worker@1" is to VP 1.
/// Above priority 0 is real time, 0 is everybody, below 0 is batch: there the last to come goes first, as suits threads that divide their work.
/// Only a thread of higher priority takes a virtual processor at once; a time slice is one tick of the clock. Nobody balances the virtual processors' queues.
/// </summary>
/// <remarks>
/// From the sources of PM2 (github.com/jm-cc/pm2, marcel/source/scheduler-marcel/linux_sched.c and linux_runqueues.h, marcel_config.h):
/// bubbles and the levels of the machine between a processor and the whole are left out. Who is below a thread that never blocks starves, and so may a batch thread.
/// </remarks>
public sealed class Marcel : SchedulingPolicy
{
    private readonly OrderedThreadQueue<(int, long)> _machine = new();
    private readonly Dictionary<int, OrderedThreadQueue<(int, long)>> _own = [];
    private long _order;

    /// <summary>How long a thread may run while others of its priority wait.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <inheritdoc/>
    protected override void OnReady(UserThread thread, ReadyReason reason) =>
        QueueOf(thread).Enqueue(thread, (~thread.Priority, thread.Priority < 0 ? -++_order : ++_order));

    /// <inheritdoc/>
    protected override UserThread? FindNextToRun(VirtualProcessor vp)
    {
        var own = _own.GetValueOrDefault(vp.Number);
        return own?.First is { } near && !(_machine.First is { } far && far.Priority > near.Priority) ? own.Dequeue() : _machine.Dequeue();
    }

    /// <inheritdoc/>
    protected override bool ShouldPreempt(VirtualProcessor vp, UserThread running, UserThread candidate) =>
        candidate.Priority > running.Priority && (BoundTo(candidate) ?? vp.Number) == vp.Number;

    /// <inheritdoc/>
    protected override TimeSpan Quantum(UserThread thread) => TimeSlice;

    /// <inheritdoc/>
    protected override void OnPriorityChanged(UserThread thread)
    {
        if (QueueOf(thread).Remove(thread)) OnReady(thread, thread.ReadyReason);
    }

    private OrderedThreadQueue<(int, long)> QueueOf(UserThread thread)
    {
        if (BoundTo(thread) is not { } vp) return _machine;
        if (!_own.TryGetValue(vp, out var own)) _own.Add(vp, own = new());
        return own;
    }

    private int? BoundTo(UserThread thread) =>
        thread.Name.LastIndexOf('@') is >= 0 and var at && int.TryParse(thread.Name.AsSpan(at + 1), out var vp) && vp >= 0 ? vp % VirtualProcessors : null;
}
