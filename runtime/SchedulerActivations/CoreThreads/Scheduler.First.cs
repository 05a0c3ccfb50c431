using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// Threads that go first (UserThread.GoesFirst). The core runs them as soon as they can go on: nothing is asked of the policy.
internal sealed partial class Scheduler
{
    // Those that can go on and have no virtual processor yet.
    private ThreadQueue _first = null!;

    /// <summary>From here on threads may go first, which a plain yield does not look for.</summary>
    public void ExpectFirst() => (IsPlain, DirectQueue) = (false, null);

    // The virtual processor that is in the core is the nearest, then one that idles, then one that runs a thread that does not go first.
    private void FindPlaceForFirst(VirtualProcessor vp)
    {
        if (_first.Count == 0 || vp.Running is null) return;
        if (!vp.Running.GoesFirst)
        {
            vp.PreemptRequested = true;
            return;
        }
        if ((FindIdle()
            ?? Array.Find(_processors, other => other is { PreemptRequested: false, Running.GoesFirst: false })) is not { } place) return;
        RequestPreemption(vp, place);
    }

    /// <summary>
    /// The kernel has given the virtual processor to a thread that goes first, by itself. No callback is made, for this may be
    /// called on the thread's own stack: the policy hears of the thread that had to make room when the virtual processor is next in the core.
    /// </summary>
    /// <remarks>REQUIRES: the virtual processor has displaced no other thread that the policy has not heard of.</remarks>
    public void GoFirst(VirtualProcessor vp, UserThread thread)
    {
        var now = Time(vp);
        if (vp.Running is { } displaced)
        {
            vp.Displaced = displaced;
            vp.DisplacedRan = vp.PickedAt == NoTime ? 0 : now - vp.PickedAt;
            vp.Running = null;
            Record(vp, displaced, TraceEventKind.Ready, (byte)ReadyReason.Preempted);
        }
        if (thread.State == UserThreadState.Blocked) Unblock(vp, thread, ReadyReason.Unblocked);
        else if (thread.State == UserThreadState.Running) TakeFrom(thread.VirtualProcessor, thread);
        _first.Remove(thread);
        vp.PreemptRequested = false;
        Assign(vp, thread);
        vp.PickedAt = now;
        vp.QuantumEnd = _slices ? ArmedLater : long.MaxValue;
        vp.QuantumIsDue = false;
        Record(vp, thread, TraceEventKind.Running);
        // An idle virtual processor could run the displaced thread: the policy is told at this one's next safepoint.
        if (_idle > 0 && vp.Displaced is not null) vp.Attention = true;
    }

    // The core has the thread running: another virtual processor has picked it, and finds when it restarts it that it comes
    // too late, or it had to make room and nobody has been told.
    private void TakeFrom(VirtualProcessor vp, UserThread thread)
    {
        if (vp.Running == thread) vp.Running = null;
        if (vp.Displaced == thread) vp.Displaced = null;
        thread.State = UserThreadState.Ready;
        _ready++;
        Record(vp, thread, TraceEventKind.Ready, (byte)ReadyReason.Preempted);
    }

    /// <summary>Tells the policy of the thread that has made room for one that goes first.</summary>
    /// <remarks>REQUIRES: there is one.</remarks>
    public void TellDisplaced(VirtualProcessor vp)
    {
        var thread = vp.Displaced!;
        if (_charges) Call(vp, new OnRan(thread, TimeSpan.FromTicks(vp.DisplacedRan / 100)));
        // Where the policy hangs in a callback, the thread is either still here or ready.
        vp.Displaced = null;
        Counters.Preemptions++;
        BecomeReady(vp, thread, ReadyReason.Preempted);
    }
}
