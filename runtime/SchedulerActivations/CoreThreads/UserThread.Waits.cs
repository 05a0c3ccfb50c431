using System.Runtime.CompilerServices;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// What the core keeps of a thread's waits, and its cancellation.
public partial class UserThread
{
    /// <summary>Whether somebody has asked it to end (<see cref="ThreadContext.Cancel"/>).</summary>
    public bool CancelRequested
    {
        get => _rare is { CancelRequested: true };
        internal set => RareParts.CancelRequested = value;
    }

    // It blocks in a wait that a time-out or a cancellation may end.
    internal bool Interruptible;

    // The next await throws. Set in the core; cleared by the thread's own code when it throws.
    internal bool CancelPending;

    // How its last wait ended; who reads another value than Taken puts Taken back.
    internal WaitOutcome Outcome;

    // Its place in the scheduler's TimerQueue, from 1; 0 when it is not in.
    internal int TimerPlace;

    /// <summary>Whether only another user thread can wake it.</summary>
    internal bool WaitsForAnother => State == UserThreadState.Blocked && BlockReason == BlockReason.Synchronization && TimerPlace == 0;

    /// <summary>Whether it ended because it was asked to.</summary>
    internal bool EndedCancelled => Exception?.SourceException is UserThreadCancelledException cancelled && cancelled.Thread == this;

    /// <summary>Tells the thread's own code that it shall end, once for each request, so that its finally blocks can await; or that what it waited for was destroyed.</summary>
    internal void ThrowCancelled()
    {
        var outcome = Outcome;
        Outcome = WaitOutcome.Taken;
        CancelPending = false;
        if (outcome == WaitOutcome.Destroyed) throw new ObjectDisposedException(null, "What the thread waited for was destroyed by another thread.");
        throw new UserThreadCancelledException(this);
    }

    /// <summary>The thread's own code leaves its virtual processor in order to wait, or at the safepoint after it need not.</summary>
    internal void SuspendInWait(Frame frame, IWaitable waitable, long deadline)
    {
        Suspend(frame, SuspendAs);
        RequestTime = deadline;
        RequestObject = waitable;
    }

    /// <summary>The thread's own code goes on after a wait without limit. What took something in the end keeps it: the next await throws then.</summary>
    internal void EndWait()
    {
        if (CancelPending) EndCancelledWait();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EndCancelledWait()
    {
        if (Outcome is WaitOutcome.Cancelled or WaitOutcome.Destroyed) ThrowCancelled();
    }
}
