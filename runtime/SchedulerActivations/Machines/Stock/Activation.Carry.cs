using System.Runtime.CompilerServices;
using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Machines.Stock;

// Carrying a virtual processor: the loop that Scheduler's summary shows, on a real kernel.
internal sealed partial class Activation
{
    private volatile bool _abandoned;

    private enum Turn
    {
        GoesOn,
        LetsGo,
        Ends,
    }

    /// <summary>Carries the virtual processor until it must let go of it; false when the run is over.</summary>
    private bool Carry()
    {
        var vp = VirtualProcessor!;
        if (vp.HangingCallback) TakeHangingProcessor(vp);
        else EnterCore(vp);
        Turn turn;
        // Short turns, so that the runtime can put a better compiled one in the place of the last.
        do turn = Take(VirtualProcessor!, passes: 1000);
        while (turn == Turn.GoesOn);
        return turn != Turn.Ends;
    }

    private Turn Take(VirtualProcessor vp, int passes)
    {
        var scheduler = _kernel.Scheduler;
        for (; passes > 0; passes--)
        {
            scheduler.LookAtTimers(vp);
            if (vp.Attention && !Attend(vp)) return Turn.Ends;
            if (vp.Announced) scheduler.TakeAnnounced(vp);
            var thread = vp.Running is { } running && !scheduler.LeaveAtSafepoint(vp, running) ? running : scheduler.FindNext(vp);
            if (thread is null)
            {
                Idle(vp);
                continue;
            }
            if (thread.OnStack && thread.Carrier != this)
            {
                Restart(vp, (Activation)thread.Carrier!);
                return Turn.LetsGo;
            }
            scheduler.Lock.Exit();
            if (scheduler.IsPlain)
            {
                thread = RunPlainly(scheduler, vp, thread);
                if (thread is null) continue;
            }
            else
            {
                thread = Run(thread);
                vp = VirtualProcessor!;
            }
            EnterCore(vp);
            // Spares are no more.
            if (_kernel.Over && !Attend(vp)) return Turn.Ends;
            if (thread.Request is Request.Read or Request.Call && !IsDue(thread))
            {
                BlockDeclared(vp, thread);
                return Turn.LetsGo;
            }
            scheduler.Commit(vp, thread);
        }
        return Turn.GoesOn;
    }

    // Looks at what has been reported to the virtual processor. False when the run is over.
    private bool Attend(VirtualProcessor vp)
    {
        if (_kernel.Over)
        {
            _kernel.Scheduler.Lock.Exit();
            _kernel.Left();
            return false;
        }
        if (vp.BlockedThread is { } blocked)
        {
            // Where the policy hung when it was told of it, the block is made already.
            if (vp.Running == blocked) _kernel.Upcalls.BlockedInKernel(vp, blocked);
            vp.BlockedThread = null;
        }
        _kernel.Upcalls.Deliver(vp);
        if (vp.Number == 0 && _kernel.WatchIsDue()) _kernel.Scheduler.CheckStarvation(vp);
        return true;
    }

    private void EnterCore(VirtualProcessor vp)
    {
        _kernel.Scheduler.Lock.Enter();
        Scheduler.BeginPass(vp);
    }

    // Runs the user thread's own code; answers with the thread that has left the virtual processor in the end, which is another one
    // where this one has handed its turn on. Afterwards this activation carries a virtual processor: the same as before or, where
    // it lost that one on the way, the one on which the policy restarted the thread.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private UserThread Run(UserThread thread)
    {
        if (thread.Carrier != this) thread.Carrier = this;
        Running = thread;
        Leave();
        Scheduler.Resume(thread);
        if (Uppermost is not null) thread = TakeUppermost();
        Enter(thread);
        Running = null;
        return thread;
    }

    private bool IsDue(UserThread thread) => thread.Request == Request.Read && thread.RequestTime <= _kernel.Now;

    private void Idle(VirtualProcessor vp)
    {
        var scheduler = _kernel.Scheduler;
        scheduler.EnterIdle(vp);
        // Partner: LinuxKernel.Post, which looks once more for one that idles.
        Interlocked.MemoryBarrier();
        if (scheduler.TakeOverWaiting(vp)) return;
        if (scheduler.Ended) _kernel.End();
        var timer = vp.IdlesUntil = scheduler.NextTimer;
        scheduler.Lock.Exit();
        // Partner: StockKernel.Notify, which sets Attention, then looks whether the virtual processor idles.
        Interlocked.MemoryBarrier();
        if (!vp.Attention) _wakeup.Wait(timer == long.MaxValue ? timer : timer - _kernel.Now);
        EnterCore(vp);
        // A timer may have run down.
        vp.Attention = true;
    }

    // RESTART_UNBLOCKED: the thread's own activation carries the virtual processor on, this one becomes a spare.
    private void Restart(VirtualProcessor vp, Activation waiting)
    {
        _kernel.Upcalls.Restarted(vp);
        Release();
        _kernel.Scheduler.Lock.Exit();
        _kernel.AddSpare(this);
        waiting.Give(vp);
    }

    // The thread blocks in a declared region: another activation carries the virtual processor on and reports the block,
    // while this one makes the call.
    private void BlockDeclared(VirtualProcessor vp, UserThread thread)
    {
        vp.BlockedThread = thread;
        vp.Attention = true;
        Release();
        var (request, due, call) = (thread.Request, thread.RequestTime, thread.RequestObject as BlockingCall);
        _kernel.Scheduler.Lock.Exit();
        _kernel.TakeSpare().Give(vp);
        if (request == Request.Read) _timer.WaitUntil(_kernel.Origin + due);
        else call!.Make();
        _kernel.AddSpare(this);
        _kernel.Post(thread);
    }
}
