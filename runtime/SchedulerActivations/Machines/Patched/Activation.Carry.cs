using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Machines.Patched;

// Carrying a virtual processor: the loop that Scheduler's summary shows, from upcall to upcall.
internal sealed unsafe partial class Activation
{
    // Switches until it comes back, as Carry does now and then.
    private const int PlainPasses = 100;

    private void Carry()
    {
        var scheduler = _kernel.Scheduler;
        var upcalls = _kernel.Upcalls;
        var vp = BecomeSpare();
        while (!_kernel.Over)
        {
            Scheduler.BeginPass(vp);
            ReadEvents(vp);
            upcalls.Deliver(vp);
            if (vp.Number == 0 && _kernel.WatchIsDue()) scheduler.CheckStarvation(vp);
            var thread = vp.Running is { } running && !scheduler.LeaveAtSafepoint(vp, running) ? running : scheduler.FindNext(vp);
            _kernel.ArmTimer(vp);
            if (thread is null)
            {
                vp = Idle(vp);
                continue;
            }
            if (thread.OnStack && thread.Carrier is Activation stopped && stopped != this)
            {
                vp = Restart(vp, thread, stopped);
                continue;
            }
            thread.Carrier = this;
            thread.OnStack = true;
            Thread = thread;
            TellPriority(thread);
            scheduler.Lock.Exit();
            if (_page->Spares == 0) _kernel.Supply.AwaitSpare(_vp);
            var ran = TryRelease();
            if (ran) Run();
            vp = Arrive(_vp);
            Scheduler.BeginPass(vp);
            // The last of those that ran, or the next one, which stands elsewhere.
            thread = Thread;
            Thread = null;
            if (thread is null) continue;
            thread.OnStack = false;
            if (ran) scheduler.Commit(vp, thread);
        }
        scheduler.Lock.Exit();
        LetGo();
    }

    // Runs user threads' own code, and with it the calls that block in the kernel, for as long as they do nothing but yield to each
    // other. The lock is set when it returns; Thread is the one that wants something else, null where the core has to be asked who runs.
    private void Run()
    {
        for (var passes = PlainPasses; ; passes--)
        {
            var thread = Thread!;
            Running = thread;
            do Scheduler.Resume(thread);
            while (ServeInKernel(thread));
            Enter(thread);
            if (thread.Request != Request.Yield || passes == 0 || _page->Pending != 0 || _page->Spares == 0
                || _kernel.Scheduler.YieldInterruptibly(thread) is not { } next) break;
            thread.OnStack = false;
            if (!next.OnStack)
            {
                next.Carrier = this;
                next.OnStack = true;
                Thread = next;
                if (TryRelease()) continue;
                // Events came, which Carry reads first; the core has this one running.
                next.OnStack = false;
            }
            Thread = null;
            break;
        }
        Running = null;
    }

    // Makes the blocking call that the thread asked for, where it stands; the kernel reports it. False when the core is asked for something.
    private bool ServeInKernel(UserThread thread)
    {
        if (_priority != (thread.GoesFirst ? 1 : 0))
        {
            Enter(thread);
            Leave();
        }
        switch (thread.Request)
        {
            case Request.Read when thread.RequestTime > _kernel.Now:
                _timer.WaitUntil(_kernel.Origin + thread.RequestTime);
                return true;
            case Request.Call:
                ((BlockingCall)thread.RequestObject!).Make();
                return true;
            default:
                return false;
        }
    }

    // What the kernel has told since: states change, and the policy hears of it.
    private void ReadEvents(VirtualProcessor vp)
    {
        do
        {
            Interlocked.Exchange(ref _page->Pending, 0);
            while (_page->Head != Volatile.Read(ref _page->Tail))
            {
                var happened = ActivationPage.Event(_page, _page->Head);
                Volatile.Write(ref _page->Head, _page->Head + 1);
                Take(vp, happened);
            }
        }
        while (Volatile.Read(ref _page->More) != 0 && ActivationCalls.Events() > 0);
    }

    // An event may be older than what the core has done since, for a thread moves between virtual processors and each has a
    // ring of its own. A block that comes late is harmless: the restart of a blocked thread fails, and is counted as its
    // block then. A thread that is woken in vain blocks in that way too. But an unblock is never dropped.
    private void Take(VirtualProcessor vp, in ActivationEvent happened)
    {
        if (happened.Type == ActivationEvent.Timer)
        {
            _kernel.TimerExpired(vp);
            _kernel.Upcalls.TimerExpired(vp);
            return;
        }
        if (_kernel.Find(happened.Id) is not { Thread: { } thread } activation) return;
        switch (happened.Type)
        {
            case ActivationEvent.Block:
                if (thread.GoesFirst) _page->First = happened.Id;
                if (thread == vp.Running && !IsOver(happened.Id)) _kernel.Upcalls.BlockedInKernel(vp, thread);
                break;
            case ActivationEvent.Unblock:
                (activation.WokenAt, activation.ToldAt) = (happened.Happened, _page->UpcallTime);
                Unblocked(vp, activation, thread);
                break;
            case ActivationEvent.Restart:
                activation.ToldAt = happened.Happened;
                RestartedByItself(vp, thread, happened.Happened);
                break;
        }
    }

    // A block that was over before anybody could be told is none: the thread runs on. So a collection, which stops this upcall
    // as well, does not make computing threads look like ones that waited for an event.
    private bool IsOver(int id)
    {
        for (var i = _page->Head; i != Volatile.Read(ref _page->Tail); i++)
            if (ActivationPage.Event(_page, i) is { Type: ActivationEvent.Unblock } later && later.Id == id) return true;
        return false;
    }

    private void Unblocked(VirtualProcessor vp, Activation activation, UserThread thread)
    {
        // Partner: Restart, on another virtual processor, which may just have found it blocked.
        activation._unblocked = true;
        if (thread is { State: UserThreadState.Blocked, BlockReason: BlockReason.SystemCall }) _kernel.Upcalls.UnblockedInKernel(vp, thread);
    }

    // The kernel has given the virtual processor to a thread by itself: by the rule for those that go first, or because no spare
    // was left. Where the thread has not been in the core since, that is learnt here; of any other one the policy decides.
    private void RestartedByItself(VirtualProcessor vp, UserThread thread, long time)
    {
        if (!thread.GoesFirst || thread == vp.Running) return;
        if (vp.Displaced is { } displaced && displaced != thread) _kernel.Scheduler.TellDisplaced(vp);
        // Not before what the core knows of it already: it may have heard of the unblock after the hand-over.
        if (time > 0) vp.PassTime = Math.Max(time - _kernel.Origin, _kernel.Scheduler.Trace?.LastChange ?? 0);
        _kernel.Scheduler.GoFirst(vp, thread);
        Scheduler.BeginPass(vp);
    }

    // RESTART_UNBLOCKED: the thread's own activation carries the virtual processor on, this one becomes a spare.
    private VirtualProcessor Restart(VirtualProcessor vp, UserThread thread, Activation stopped)
    {
        var scheduler = _kernel.Scheduler;
        _kernel.Upcalls.Restarted(vp);
        Record(vp, stopped);
        stopped._unblocked = false;
        // The policy may have decided since it stopped whether it goes first, and it need not come into the core for long.
        var priority = stopped._priority;
        TellPriority(thread);
        stopped._priority = _priority;
        scheduler.Lock.Exit();
        var answer = ActivationCalls.Restart(stopped.Id);
        if (answer >= 0) return TakeUpcall(answer);
        if (answer == ActivationCalls.Interrupted) return BecomeSpare();
        scheduler.Lock.Enter();
        stopped._priority = priority;
        Record(vp, this);
        // It ran beside the others for a while (a collector needed it) and has blocked meanwhile; its unblock will be told,
        // or just was: then it is tried again.
        if (answer == ActivationCalls.Again)
        {
            if (vp.Running == thread && !stopped._unblocked) _kernel.Upcalls.BlockedInKernel(vp, thread);
        }
        else if (answer != ActivationCalls.InProgress) throw new InvalidOperationException($"The kernel does not restart activation {stopped.Id} (error {-answer}).");
        return vp;
    }

    private VirtualProcessor Idle(VirtualProcessor vp)
    {
        var scheduler = _kernel.Scheduler;
        scheduler.EnterIdle(vp);
        if (scheduler.Ended) _kernel.End();
        scheduler.Lock.Exit();
        // Partner: PatchedKernel.Notify, which sets Attention and then makes a request, which REVOKE does not sleep over.
        if (!vp.Attention)
        {
            // By priority every thread that unblocks would take an idle virtual processor.
            _page->Direct = ActivationPage.DirectOfOne;
            var answer = ActivationCalls.Revoke();
            if (answer >= 0) return TakeUpcall(answer);
            if (answer == ActivationCalls.Interrupted && (int)Volatile.Read(ref _page->Word) != Id) return BecomeSpare();
            _page->Direct = ActivationPage.DirectByPriority;
        }
        scheduler.Lock.Enter();
        return vp;
    }

    private VirtualProcessor BecomeSpare()
    {
        int vp;
        do vp = ActivationCalls.Spare(_vp);
        while (vp == ActivationCalls.Interrupted);
        if (vp < 0) throw new InvalidOperationException($"The kernel does not take a spare activation (error {-vp}).");
        return TakeUpcall(vp);
    }

    // The kernel made an upcall on this activation.
    private VirtualProcessor TakeUpcall(int number)
    {
        var vp = Arrive(number);
        Record(vp, this);
        // The kernel itself had restarted it, when no spare was left, and another virtual processor thought it blocked.
        if (_kernel.Find(_page->Preempted) is { Thread: { } thread } displaced && thread != vp.Running) Unblocked(vp, displaced, thread);
        return vp;
    }

    // Who carries the virtual processor from now on; not the time of the pass, so that the trace shows how long this one has carried it.
    private void Record(VirtualProcessor vp, Activation carrier) =>
        _kernel.Scheduler.Trace?.Add(_kernel.Now, vp.Number, carrier._number, TraceEventKind.Carried);

    // The lock of the virtual processor is set: into the core.
    private VirtualProcessor Arrive(int number)
    {
        See(number);
        _page->Direct = ActivationPage.DirectByPriority;
        var scheduler = _kernel.Scheduler;
        var vp = scheduler.VirtualProcessors[number];
        vp.Activation = this;
        _kernel.Supply.Check(number, _page->Spares);
        if (vp.HangingCallback) TakeHangingProcessor(vp);
        else scheduler.Lock.Enter();
        return vp;
    }

    // The virtual processor comes as the hanging callback left it: in the core, its lock held.
    private void TakeHangingProcessor(VirtualProcessor vp)
    {
        vp.HangingCallback = false;
        _kernel.Scheduler.EnterFromHangingCallback(vp);
        _kernel.Scheduler.EjectAbandoned(vp);
        // What the thread asked for is asked again, unless its state has changed already.
        if (vp.Running is { OnStack: false } running) _kernel.Scheduler.Commit(vp, running);
    }

    // The run is over. The virtual processor sleeps until the process ends: whoever is stopped stays so.
    private void LetGo()
    {
        _kernel.Left(_vp);
        while (true)
        {
            Volatile.Write(ref _page->Head, Volatile.Read(ref _page->Tail));
            if (ActivationCalls.Revoke() is >= 0 and var vp) See(vp);
        }
    }
}
