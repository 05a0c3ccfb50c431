using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// Waits: how they begin and how they end. A wait ends once, by whichever comes first in the core: what was waited for,
// the time-out, or a cancellation. UserThread.Interruptible says that none of them has come yet.
internal sealed partial class Scheduler
{
    private void BeginWait(UserThread thread, BlockReason reason)
    {
        switch (reason)
        {
            case BlockReason.Synchronization:
                thread.Interruptible = true;
                ((IWaitable)thread.RequestObject!).AddWaiter(thread);
                if (thread.RequestTime == NoDeadline) return;
                break;
            case BlockReason.Sleep:
                thread.Interruptible = true;
                break;
            default:
                _outside++;
                return;
        }
        _timers.Enqueue(thread, thread.RequestTime);
        _outside++;
    }

    /// <summary>The wait is over: neither its time-out nor a cancellation ends it any more. The thread may still have to wait for something else.</summary>
    public void EndWait(UserThread thread)
    {
        thread.Interruptible = false;
        // A sleep that is over is counted off when its thread is made ready.
        if (thread.TimerPlace != 0 && _timers.Remove(thread) && thread.BlockReason == BlockReason.Synchronization) _outside--;
    }

    /// <summary>Ends a wait before what was waited for has come. True when the thread can be made ready.</summary>
    private bool InterruptWait(VirtualProcessor vp, UserThread thread, WaitOutcome outcome)
    {
        if (!thread.Interruptible) return false;
        EndWait(thread);
        thread.Outcome = outcome;
        return thread.BlockReason == BlockReason.Sleep || ((IWaitable)thread.RequestObject!).RemoveWaiter(vp, thread);
    }

    /// <summary>A running thread asks another one to end, or itself. False when that one has ended already.</summary>
    public bool Cancel(UserThread by, UserThread thread)
    {
        if (thread.State == UserThreadState.Finished) return false;
        thread.CancelRequested = thread.CancelPending = true;
        if (thread.State == UserThreadState.Blocked && InterruptWait(by.VirtualProcessor, thread, WaitOutcome.Cancelled)) Announce(by, thread);
        return true;
    }
}
