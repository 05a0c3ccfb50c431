using System.Runtime.CompilerServices;
using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Machines.Stock;

// The race between an activation whose user thread blocked in an undeclared call, and the watcher that takes its
// virtual processor away. The activation passes Enter and Leave at every operation and must not pay for it, so the two
// meet without a fence on its side:
//
//   activation (Enter)              watcher (TakeOver), holding _handshake
//   _inCore = true                  Detached = true
//   if (Detached) slow way          process-wide barrier
//                                   if (_inCore) Detached = false, give up
//
// After the barrier either the watcher sees _inCore, or the activation will see Detached: never neither. When both do,
// the activation waits for _handshake and finds Detached false again.
internal sealed partial class Activation
{
    /// <summary>The watcher reports that the activation's thread is blocked: gives the virtual processor to a spare.</summary>
    public void TakeOver(SwitchState block)
    {
        lock (_handshake)
        {
            // At the end of the run spares are no more.
            if (Detached || _kernel.Over || _watched is not { } watched) return;
            Detached = true;
            Interlocked.MemoryBarrierProcessWide();
            if (_inCore || Uppermost is not null || VirtualProcessor is not { Running: { } thread } vp || !watched.IsStillIn(block))
            {
                Detached = false;
                return;
            }
            if (TryTakeSpare() is not { } spare)
            {
                Detached = false;
                return;
            }
            thread.OnStack = true;
            vp.BlockedThread = thread;
            vp.Attention = true;
            Release();
            spare.Give(vp);
        }
    }

    // Null where there can be none: the run fails, and not the watcher.
    private Activation? TryTakeSpare()
    {
        try
        {
            return _kernel.TakeSpare();
        }
        catch (InvalidOperationException refused)
        {
            _kernel.Fail(refused);
            return null;
        }
    }

    // The system call has returned and the thread runs without a virtual processor: it reports itself unblocked and waits,
    // stack and all, until the policy picks it (an unblocked thread waits until the application asks for it).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private protected override void Reattach(UserThread thread)
    {
        lock (_handshake)
        {
            if (!Detached) return;
        }
        _kernel.Post(thread);
        while (VirtualProcessor is null) _wakeup.Wait();
        Detached = false;
        thread.OnStack = false;
        // Another policy may have taken over meanwhile: whoever goes on from thread to thread without asking asks now.
        VirtualProcessor.Attention = true;
    }

    /// <summary>
    /// The watchdog: the policy's callback on this activation does not return. Its virtual processor goes to a spare, and
    /// the OS thread is left to itself.
    /// </summary>
    public void Abandon(VirtualProcessor vp, long callback)
    {
        if (!Scheduler.TryAbandonCallback(vp, callback)) return;
        _abandoned = true;
        vp.HangingCallback = true;
        _kernel.TakeSpare().Give(vp);
    }

    // The virtual processor comes as the hanging callback left it: in the core, the lock held where callbacks do not overlap.
    private void TakeHangingProcessor(VirtualProcessor vp)
    {
        vp.HangingCallback = false;
        _kernel.Scheduler.EnterFromHangingCallback(vp);
        _kernel.Scheduler.EjectAbandoned(vp);
        // What it was about to deliver has still to be.
        vp.Attention = true;
        // What the thread asked for is asked again, unless its state has changed already.
        if (vp.Running is { } running && vp.BlockedThread is null && !running.OnStack) _kernel.Scheduler.Commit(vp, running);
    }
}
