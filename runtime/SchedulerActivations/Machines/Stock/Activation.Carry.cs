using System.Runtime.ExceptionServices;
using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Machines.Stock;

// Carrying a virtual processor: the loop that Scheduler's summary shows, on a real kernel.
internal sealed partial class Activation
{
    private volatile bool _abandoned;

    /// <summary>Carries the virtual processor until it must let go of it; false when the run is over.</summary>
    private bool Carry()
    {
        var scheduler = _kernel.Scheduler;
        var upcalls = _kernel.Upcalls;
        var vp = VirtualProcessor!;
        if (vp.HangingCallback) TakeHangingProcessor(vp);
        else if (scheduler.TakesLock) scheduler.Lock.Enter();
        while (!_kernel.Over)
        {
            if (vp.BlockedThread is { } blocked)
            {
                upcalls.BlockedInKernel(vp, blocked);
                vp.BlockedThread = null;
            }
            upcalls.Deliver(vp);
            if (vp.Number == 0 && _kernel.WatchIsDue()) scheduler.CheckStarvation(vp);
            var thread = vp.Running is { } running && !scheduler.LeaveAtSafepoint(vp, running) ? running : scheduler.FindNext(vp);
            if (thread is null)
            {
                Idle(vp);
                continue;
            }
            if (thread.Activation is Activation waiting && waiting != this)
            {
                Restart(vp, waiting);
                return true;
            }
            thread.Activation = this;
            if (scheduler.TakesLock) scheduler.Lock.Exit();
            RunThread(thread);
            vp = VirtualProcessor!;
            if (scheduler.TakesLock) scheduler.Lock.Enter();
            thread.Activation = null;
            if (thread.Request is Request.Read or Request.Call && !IsDue(thread))
            {
                BlockDeclared(vp, thread);
                return true;
            }
            scheduler.Commit(vp, thread);
        }
        if (scheduler.TakesLock) scheduler.Lock.Exit();
        _kernel.Left();
        return false;
    }

    // Runs the user thread's own code. Afterwards this activation carries a virtual processor: the same as before or, where
    // it lost that one on the way, the one on which the policy restarted the thread.
    private void RunThread(UserThread thread)
    {
        if (_watched is { } watched) watched.Armed = true;
        Leave();
        Scheduler.Resume(thread);
        Enter(thread);
        if (_watched is { } same) same.Armed = false;
    }

    private bool IsDue(UserThread thread) => thread.Request == Request.Read && thread.RequestTime <= _kernel.Now;

    private void Idle(VirtualProcessor vp)
    {
        var scheduler = _kernel.Scheduler;
        scheduler.EnterIdle(vp);
        if (scheduler.Ended) _kernel.End();
        var timer = scheduler.NextTimer;
        if (scheduler.TakesLock) scheduler.Lock.Exit();
        // Partner: StockKernel.Notify, which sets Attention, then looks whether the virtual processor idles.
        Interlocked.MemoryBarrier();
        if (!vp.Attention) _wakeup.Wait(timer == long.MaxValue ? timer : timer - _kernel.Now);
        if (scheduler.TakesLock) scheduler.Lock.Enter();
    }

    // RESTART_UNBLOCKED: the thread's own activation carries the virtual processor on, this one becomes a spare.
    private void Restart(VirtualProcessor vp, Activation waiting)
    {
        _kernel.Upcalls.Restarted(vp);
        Release();
        if (_kernel.Scheduler.TakesLock) _kernel.Scheduler.Lock.Exit();
        _kernel.AddSpare(this);
        waiting.Give(vp);
    }

    // The thread blocks in a declared region: another activation carries the virtual processor on and reports the block,
    // while this one makes the call.
    private void BlockDeclared(VirtualProcessor vp, UserThread thread)
    {
        vp.BlockedThread = thread;
        Release();
        var (request, due, call) = (thread.Request, thread.RequestTime, thread.RequestObject as Action);
        if (_kernel.Scheduler.TakesLock) _kernel.Scheduler.Lock.Exit();
        _kernel.TakeSpare().Give(vp);
        if (request == Request.Read) _timer.WaitUntil(_kernel.Origin + due);
        else Call(thread, call!);
        _kernel.AddSpare(this);
        _kernel.Post(thread);
    }

    private static void Call(UserThread thread, Action call)
    {
        try { call(); }
        catch (Exception exception) { thread.CallException = ExceptionDispatchInfo.Capture(exception); }
    }
}
