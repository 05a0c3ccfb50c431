using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// What user threads' own code calls: the way from a thread's stack into the core and back.
internal sealed partial class Scheduler
{
    /// <summary>Begins a wait: ends it where what is waited for can be had at once. Answers with what the thread must suspend for, <see cref="Request.None"/> when it need not.</summary>
    public Request TryWait(UserThread thread, IWaitable waitable, long deadline)
    {
        if (thread.CancelPending) thread.ThrowCancelled();
        using var core = new InCore(thread);
        if (!waitable.TryTake(thread))
        {
            // A condition's mutex is given back however short the wait is: somebody may wait for it in order to signal.
            if (deadline == NoDeadline || deadline > Kernel.Now || waitable is UserConditionVariable) return Request.Wait;
            thread.Outcome = WaitOutcome.TimedOut;
        }
        return WantsSafepoint(thread) ? Request.Safepoint : Request.None;
    }

    /// <summary>Passes a safepoint of the thread's own code. Answers as <see cref="TryWait"/>.</summary>
    public static Request PassSafepoint(UserThread thread)
    {
        using var core = new InCore(thread);
        return WantsSafepoint(thread) ? Request.Safepoint : Request.None;
    }

    /// <summary>A running thread made another one ready: an idle virtual processor looks at it at once, else this one at its next safepoint.</summary>
    public void Announce(UserThread by, UserThread ready) => Announce(by.VirtualProcessor, ready);

    /// <summary>As above, from the core: <paramref name="vp"/> is the virtual processor that is in it.</summary>
    public void Announce(VirtualProcessor vp, UserThread ready)
    {
        EndWait(ready);
        if (DirectQueue is { } queue)
        {
            AnnounceDirectly(queue, ready);
            return;
        }
        if (_idle > 0 && !vp.Idle)
        {
            foreach (var other in _processors)
            {
                if (!other.Idle) continue;
                other.Posted.Enqueue(ready);
                Kernel.Notify(other);
                return;
            }
        }
        vp.Local.Enqueue(ready);
        vp.Announced = true;
    }

    /// <summary>Makes ready whom the virtual processor's own threads have announced.</summary>
    public void TakeAnnounced(VirtualProcessor vp)
    {
        vp.Announced = false;
        while (vp.Local.Dequeue() is { } thread) Unblock(vp, thread, ReadyReason.Signaled);
    }

    /// <summary>
    /// The virtual processor idles: takes over those whom another one would see at its next safepoint only, on a machine that does
    /// not interrupt. False when there are none.
    /// </summary>
    public bool TakeOverWaiting(VirtualProcessor vp)
    {
        foreach (var other in _processors)
        {
            if (other.Idle) continue;
            while (other.Posted.TryDequeue(out var posted)) vp.Post(posted);
            while (other.Local.Dequeue() is { } local) vp.Post(local);
        }
        return vp.Attention;
    }

    /// <summary>The first instruction of an event's handler has been reached.</summary>
    public void RecordHandled(UserThread thread, Port port, int number)
    {
        using var core = new InCore(thread);
        var now = Kernel.Now;
        port.Handle(number, now);
        Kernel.Handled(thread, port.Due[number], now);
        Trace?.Add(now, thread.VirtualProcessor.Number, thread.Id, TraceEventKind.EventHandled, port.Number);
    }
}
