using System.Runtime.CompilerServices;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// Threads that hand their turn on to those that they join (the policy HandOff).
//
// In direct runs a joined thread that has yet to begin is called by the one that joins it. Where it ends before it is ever
// suspended, neither needs a frame on the heap or a place in the queue, and there is nothing to switch. Where not, whoever stands
// beneath it on the stack leaves that as at any other suspension, one after the other, and the activation's loop goes on with the
// uppermost thread (Carrier.Uppermost), as it would have without any of this. Until then those beneath are Blocked, as they
// should be, but not Interruptible, for they cannot be resumed: who is cancelled meanwhile hears of it when it leaves the stack.
// While they leave it the virtual processor stays with the activation.
internal sealed partial class Scheduler
{
    /// <summary>Whether the virtual processor's turn is not over, which goes on with the thread that is picked next then.</summary>
    public bool TryKeepTurn(VirtualProcessor vp)
    {
        if (vp.KeepsTurn || IsTurnOver(vp)) return false;
        vp.KeepsTurn = true;
        return true;
    }

    // Looks at the clock as rarely as safepoints do.
    private bool IsTurnOver(VirtualProcessor vp)
    {
        if (vp.QuantumIsDue) return true;
        if (!_isSimulated && --vp.SafepointsToLook > 0) return false;
        var now = Kernel.Now;
        SpaceLooks(vp, now);
        // The next look at the timers comes after as many safepoints: this is one.
        if (_timers.NextDue <= now) vp.Attention = true;
        if (vp.QuantumEnd is NoTime or ArmedLater) vp.QuantumEnd = EndOf(_own!.TimeSlice, now);
        return vp.QuantumIsDue = now >= vp.QuantumEnd;
    }

    /// <summary>A thread joins one that has not ended. Answers with what it must suspend for, <see cref="Request.None"/> when the other one has ended meanwhile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Request BeginJoin(UserThread thread, UserThread joined) =>
        thread.VirtualProcessor.HandsOff && joined is { State: UserThreadState.Ready, ReadyReason: ReadyReason.Created } ? thread.Scheduler.RunJoined(thread, joined) : Request.Wait;

    private Request RunJoined(UserThread thread, UserThread joined)
    {
        var carrier = thread.Carrier!;
        carrier.Enter(thread);
        var vp = thread.VirtualProcessor;
        if (DirectQueue is not { } queue || thread is not { State: UserThreadState.Running, Request: Request.None } || !carrier.HasStack
            || joined is not { State: UserThreadState.Ready, ReadyReason: ReadyReason.Created }
            || !MayGoOnPlainly(vp) || !queue.Holds(joined) || IsTurnOver(vp))
        {
            carrier.Leave();
            return Request.Wait;
        }
        queue.Remove(joined);
        _ready--;
        thread.State = UserThreadState.Blocked;
        thread.BlockReason = BlockReason.Synchronization;
        thread.Request = Request.Wait;
        thread.RequestTime = NoDeadline;
        thread.RequestObject = joined;
        joined.AddJoiner(thread);
        GoOn(vp, joined);
        joined.Carrier = carrier;
        carrier.Running = joined;
        carrier.Leave();

        joined.Request = Request.None;
        Start(joined);

        carrier.Enter(joined);
        if (carrier.Uppermost is null && joined is { Request: Request.None, HasRareParts: false } && !thread.CancelPending
            && DirectQueue == queue && MayGoOnPlainly(vp))
        {
            Retire(joined);
            joined.TakeJoiner();
            thread.Request = Request.None;
            thread.ReadyReason = ReadyReason.Signaled;
            GoOn(vp, thread);
            carrier.Running = thread;
            carrier.Leave();
            return Request.None;
        }
        if (carrier.Uppermost is null)
        {
            carrier.Uppermost = joined;
            carrier.Running = null;
        }
        // Until now nobody could end its wait.
        thread.Interruptible = true;
        if (thread.CancelPending) InterruptJoin(thread, WaitOutcome.Cancelled);
        carrier.Leave();
        return Request.Lend;
    }

    /// <summary>A thread that has handed its turn on, and that is about to leave the stack or has left it, waits no more.</summary>
    public void InterruptJoin(UserThread thread, WaitOutcome outcome)
    {
        var vp = thread.VirtualProcessor;
        if (thread.State == UserThreadState.Blocked && InterruptWait(vp, thread, outcome)) Announce(vp, thread);
    }
}
