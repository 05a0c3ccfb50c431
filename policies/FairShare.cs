using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies;

/// <summary>
/// Every thread gets its share of the time, in proportion to its weight: a quarter more for each step of priority, from -100 to 100.
/// A thread's virtual time is the time it has run, divided by its weight; the one that is furthest behind runs next.
/// One that wakes may be behind by <see cref="Credit"/> at most, so that it runs soon but does not catch up on its sleep.
/// It takes the virtual processor from one that is ahead of it by more than <see cref="Lead"/>. Nobody starves.
/// </summary>
[Claims(PolicyClaims.WorkConserving)]
public sealed class FairShare : SchedulingPolicy
{
    private readonly OrderedThreadQueue<double> _ready = new();
    private readonly List<UserThread> _running = [];
    private double _picked; // the furthest virtual time at which a thread was picked

    /// <summary>How long a thread may run while others wait.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromMilliseconds(4);

    /// <summary>What a waking thread has saved of the virtual time for which it was blocked, at most.</summary>
    public TimeSpan Credit { get; set; } = TimeSpan.FromMilliseconds(4);

    /// <summary>How far a running thread may be ahead of a waking one before it must make room.</summary>
    public TimeSpan Lead { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <inheritdoc/>
    protected override void OnReady(UserThread thread, ReadyReason reason)
    {
        var share = Share.Of(thread);
        if (reason is ReadyReason.Unblocked or ReadyReason.Signaled) share.Time = Math.Max(share.Time, VirtualNow() - Credit.TotalSeconds);
        _ready.Enqueue(thread, share.Time);
    }

    /// <inheritdoc/>
    protected override UserThread? FindNextToRun(VirtualProcessor vp)
    {
        if (_ready.Dequeue() is not { } thread) return null;
        Share.Of(thread).PickedAt = Now;
        _picked = Math.Max(_picked, Share.Of(thread).Time);
        _running.Add(thread);
        return thread;
    }

    /// <inheritdoc/>
    protected override bool ShouldPreempt(VirtualProcessor vp, UserThread running, UserThread candidate) =>
        Share.Of(running).TimeAt(Now) - Share.Of(candidate).Time > Lead.TotalSeconds;

    /// <inheritdoc/>
    protected override TimeSpan Quantum(UserThread thread) => TimeSlice;

    /// <inheritdoc/>
    protected override void OnRan(UserThread thread, TimeSpan ran)
    {
        Share.Of(thread).Time += ran.TotalSeconds / Share.Of(thread).Weight;
        _running.Remove(thread);
    }

    /// <inheritdoc/>
    protected override void OnCreated(UserThread thread)
    {
        // A new thread starts a time slice late: else threads that only make new threads would keep everyone else waiting.
        var share = new Share(thread);
        share.Time = VirtualNow() + TimeSlice.TotalSeconds / share.Weight;
        thread.PolicyData = share;
    }

    // Where the running threads are, as far as they have come since they were picked.
    private double VirtualNow() => _running.Count == 0 ? _picked : Math.Max(_picked, _running.Min(thread => Share.Of(thread).TimeAt(Now)));

    private sealed class Share(UserThread thread)
    {
        public double Time;
        public TimeSpan PickedAt;

        public double Weight => Math.Pow(1.25, Math.Clamp(thread.Priority, -100, 100)); // as far as times that are added up keep their digits

        public double TimeAt(TimeSpan now) => Time + (now - PickedAt).TotalSeconds / Weight;

        public static Share Of(UserThread thread) => (Share)thread.PolicyData!;
    }
}
