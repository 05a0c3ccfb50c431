using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// Policies with a lock for each virtual processor: their callbacks are made without the core's lock, which is left before
// and taken again after. So everything that the core looks at across a callback may have changed by then; what
// it may not find changed is done before the callback or after it, in one piece. The policy's own lock for a virtual
// processor is that nobody but its carrier calls there.
internal sealed partial class Scheduler
{
    [ThreadStatic]
    private static VirtualProcessor? _calling;

    // Whether the policy has declared it; and whether callbacks do overlap.
    private bool _isTold, _overlaps;

    /// <summary>The virtual processor that makes a callback on this OS thread, where the policy has a lock for each.</summary>
    public static VirtualProcessor? Calling => _calling;

    private void LetOverlap(VirtualProcessor vp, SchedulingPolicy policy)
    {
        _calling = vp;
        if (!_overlaps) return;
        vp.Called = policy;
        Lock.Exit();
    }

    private void EndOverlap(VirtualProcessor vp)
    {
        Lock.Enter();
        vp.Called = null;
        // Others may have made records meanwhile: this one's are later.
        BeginPass(vp);
    }

    /// <summary>The carrier of a virtual processor whose callback was given up enters the core: the callback holds the lock still, unless it was made without.</summary>
    public void EnterFromHangingCallback(VirtualProcessor vp)
    {
        if (vp.Called is not null) Lock.Enter();
        BeginPass(vp);
    }

    // The policy is about to be replaced: waits for the callbacks that the other virtual processors are making. None begins,
    // for it would begin with the lock held; one that does not return is given up by the watchdog and changes nothing any more.
    private void AwaitCallbacks(VirtualProcessor vp)
    {
        if (!_overlaps) return;
        foreach (var other in _processors)
        {
            if (other == vp) continue;
            var spinner = new SpinWait();
            while (other.Callback != PolicyCallback.None && Volatile.Read(ref other.AbandonedCallback) != Volatile.Read(ref other.CallbackSequence)) spinner.SpinOnce();
        }
    }
}
