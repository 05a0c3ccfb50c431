using SchedulerActivations.Experiments;

namespace SchedulerActivations.CoreThreads;

// What user threads' own code calls: the way from a thread's stack into the core and back.
internal sealed partial class Scheduler
{
    public void EnterCore(UserThread thread)
    {
        Kernel.Enter(thread);
        if (TakesLock) Lock.Enter();
    }

    public void LeaveCore(UserThread thread)
    {
        if (TakesLock) Lock.Exit();
        Kernel.Leave(thread);
    }

    /// <summary>Whether the thread's virtual processor has something to look at before the thread goes on.</summary>
    public bool WantsSafepoint(UserThread thread)
    {
        var vp = thread.VirtualProcessor!;
        return vp.Attention || vp.PreemptRequested
            || (vp.QuantumEnd != long.MaxValue && Kernel.Now >= vp.QuantumEnd)
            || (_timers.Count > 0 && Kernel.Now >= NextTimer);
    }

    /// <summary>Begins an operation: does it where it can be done at once. Answers with what the thread must suspend for, <see cref="Request.None"/> when it need not.</summary>
    public Request Begin(UserThread thread, Request wanted, long time, object? argument)
    {
        if (thread.CancelPending) thread.ThrowCancelled();
        switch (wanted)
        {
            case Request.Compute:
                if (!Kernel.Compute(thread, time)) return Request.Compute;
                break;
            case Request.Sleep when time > Kernel.Now:
            case Request.Call:
                return wanted;
        }
        EnterCore(thread);
        try
        {
            if (wanted == Request.Wait && !((IWaitable)argument!).TryTake(thread))
            {
                if (time > Kernel.Now) return Request.Wait;
                thread.Outcome = WaitOutcome.TimedOut;
            }
            return WantsSafepoint(thread) ? Request.Safepoint : Request.None;
        }
        finally
        {
            LeaveCore(thread);
        }
    }

    /// <summary>A running thread made another one ready: an idle virtual processor looks at it at once, else this one at its next safepoint.</summary>
    public void Announce(UserThread by, UserThread ready) => Announce(by.VirtualProcessor!, ready);

    /// <summary>As above, from the core: <paramref name="vp"/> is the virtual processor that is in it.</summary>
    public void Announce(VirtualProcessor vp, UserThread ready)
    {
        EndWait(ready);
        if (_idle > 0 && !vp.Idle)
        {
            foreach (var other in VirtualProcessors)
            {
                if (!other.Idle) continue;
                other.Posted.Enqueue(ready);
                Kernel.Notify(other);
                return;
            }
        }
        vp.Local.Enqueue(ready);
        vp.Attention = true;
    }

    /// <summary>The first instruction of an event's handler has been reached.</summary>
    public void RecordHandled(UserThread thread, Port port, long due)
    {
        EnterCore(thread);
        var now = Kernel.Now;
        port.Reactivity.Record(now - due);
        Trace?.Add(now, thread.VirtualProcessor!.Number, thread.Id, TraceEventKind.EventHandled, (byte)port.Number);
        LeaveCore(thread);
    }
}
