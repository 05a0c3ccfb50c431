using System.Runtime.CompilerServices;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// The threads' states and what leads from one to the next.
internal sealed partial class Scheduler
{
    /// <summary>Takes a thread into the run (<see cref="UserThread.Enter"/>); the policy learns of it when the thread is made ready.</summary>
    public UserThread Add(UserThread thread, VirtualProcessor home, string name, bool isNamed, int priority)
    {
        thread.Enter(home, ++_created, name, isNamed, priority);
        _live.Add(thread);
        if (thread.Id <= MaxListed) _listed.Add(thread);
        return thread;
    }

    /// <summary>The thread can run: tells the policy, and finds out whether a virtual processor shall take notice.</summary>
    public void MakeReady(VirtualProcessor vp, UserThread thread, ReadyReason reason)
    {
        if (reason == ReadyReason.Created)
        {
            Record(vp, thread, TraceEventKind.Created);
            if (_hearsOfCreation) TellCreated(vp, thread);
        }
        Record(vp, thread, TraceEventKind.Ready, (byte)reason);
        BecomeReady(vp, thread, reason);
    }

    private void TellCreated(VirtualProcessor vp, UserThread thread)
    {
        vp.Creating = thread;
        while (_hearsOfCreation && !Call(vp, new OnCreated(thread))) { }
        vp.Creating = null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void MarkReady(UserThread thread, ReadyReason reason)
    {
        thread.State = UserThreadState.Ready;
        thread.ReadyReason = reason;
        thread.ReadySince = Kernel.CoarseNow;
    }

    private void BecomeReady(VirtualProcessor vp, UserThread thread, ReadyReason reason)
    {
        MarkReady(thread, reason);
        _ready++;
        if (thread.PassesPolicy)
        {
            _first.Enqueue(thread);
            FindPlaceForFirst(vp);
            return;
        }
        // Asked before the policy has it, the virtual processor was not asked for it.
        if (_overlaps) vp.AskedAt = -1;
        // The core's own policy neither hangs nor throws: nobody watches over it.
        if (_own is not null) _own.OnReady(thread, reason);
        else Call(vp, new OnReady(thread, reason));
        _readyEpoch++;
        if (_idle > 0) NotifyIdle(except: vp);
        if (_preempts && reason is not (ReadyReason.Yielded or ReadyReason.Preempted)) ConsiderPreemption(vp, thread);
    }

    // The processor that was told goes first: another one has to be asked, and to come.
    private void ConsiderPreemption(VirtualProcessor vp, UserThread candidate)
    {
        if (ConsiderPreemption(vp, vp, candidate)) return;
        foreach (var other in _processors)
            if (other != vp && ConsiderPreemption(vp, other, candidate)) return;
    }

    // False when the candidate still looks for a place.
    private bool ConsiderPreemption(VirtualProcessor vp, VirtualProcessor place, UserThread candidate)
    {
        if (candidate.State != UserThreadState.Ready) return true;
        if (place.Running is not { State: UserThreadState.Running, GoesFirst: false } running || place.PreemptRequested) return false;
        if (!CallShouldPreempt(vp, place, running, candidate) || place.Running != running) return false;
        RequestPreemption(vp, place);
        return true;
    }

    private void RequestPreemption(VirtualProcessor vp, VirtualProcessor place)
    {
        place.PreemptRequested = true;
        if (place != vp) Kernel.Notify(place);
    }

    // One that has been notified is about to come already.
    private VirtualProcessor? FindIdle() => Array.Find(_processors, other => other is { Idle: true, Attention: false });

    private void NotifyIdle(VirtualProcessor except)
    {
        foreach (var other in _processors)
        {
            // One that has been notified is about to come; this thread is for the next one.
            if (other == except || !other.Idle || other.Attention || other.AskedAt == _readyEpoch) continue;
            Kernel.Notify(other);
            return;
        }
    }

    /// <summary>
    /// The thread left its virtual processor to wait. Where the policy hangs in a callback, everything must have been
    /// done before that the thread needs in order to be woken.
    /// </summary>
    public void Block(VirtualProcessor vp, UserThread thread, BlockReason reason)
    {
        StopRunning(vp, thread);
        thread.State = UserThreadState.Blocked;
        thread.BlockReason = reason;
        BeginWait(thread, reason);
        Record(vp, thread, TraceEventKind.Blocked, (byte)reason);
        if (_hearsOfBlocking) Call(vp, new OnBlocked(thread, reason));
        if (thread.WakePending) Unblock(vp, thread, ReadyReason.Unblocked);
    }

    /// <summary>What the thread waited for has happened.</summary>
    public void Unblock(VirtualProcessor vp, UserThread thread, ReadyReason reason)
    {
        switch (thread.State)
        {
            case UserThreadState.New:
                MakeReady(vp, thread, ReadyReason.Created);
                break;
            case UserThreadState.Blocked:
                thread.WakePending = false;
                EndWait(thread);
                if (thread.BlockReason != BlockReason.Synchronization) _outside--;
                MakeReady(vp, thread, reason);
                break;
            case UserThreadState.Running:
                // It is about to block and has not left its virtual processor yet: Block looks at this.
                thread.WakePending = true;
                break;
        }
    }

    private void Finish(VirtualProcessor vp, UserThread thread)
    {
        StopRunning(vp, thread);
        Retire(thread);
        thread.Locals = null;
        if (thread.Id > MaxListed && thread.Exception is not null && _listed.Count < 2 * MaxListed) _listed.Add(thread);
        Record(vp, thread, TraceEventKind.Finished);
        if (_hearsOfEnd) Call(vp, new OnFinished(thread));
        while (thread.TakeJoiner() is { } joiner) Unblock(vp, joiner, ReadyReason.Signaled);
    }

    // What there is to do for a thread that ends, whoever has to hear of it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Retire(UserThread thread)
    {
        thread.State = UserThreadState.Finished;
        _live.Remove(thread);
        _finishedWork += thread.WorkNanoseconds;
    }

    private void Preempt(VirtualProcessor vp, UserThread thread)
    {
        Counters.Preemptions++;
        StopRunning(vp, thread);
        MakeReady(vp, thread, ReadyReason.Preempted);
    }

    // The thread has stopped running: its time is charged while the policy still sees it as the one that ran.
    private void StopRunning(VirtualProcessor vp, UserThread thread)
    {
        if (_charges) Charge(vp, thread);
        vp.Running = null;
    }

    // Tells the policy what the thread has run since it was picked; nothing when it was told already.
    private void Charge(VirtualProcessor vp, UserThread thread)
    {
        if (vp.PickedAt == Charged) return;
        var ran = vp.PickedAt == NoTime ? 0 : Time(vp) - vp.PickedAt;
        if (_overlaps) vp.PickedAt = Charged;
        Call(vp, new OnRan(thread, TimeSpan.FromTicks(ran / 100)));
    }

    /// <summary>
    /// A thread has left its virtual processor: does what it asked for. Returns true when it goes on running, false when
    /// the virtual processor is free. Requests that only a machine can serve are served by it before.
    /// </summary>
    public bool Commit(VirtualProcessor vp, UserThread thread)
    {
        // What it has done before comes first.
        if (vp.Announced) TakeAnnounced(vp);
        // Between the look at a cancellation and at what is awaited, and the wait, no callback may be made during which either could
        // come. A policy that takes over during this one has yet to be told what the thread ran.
        while (_overlaps && _charges && vp.PickedAt != Charged && thread.Request is Request.Wait or Request.Sleep) Charge(vp, thread);
        switch (thread.Request)
        {
            case Request.None:
                Finish(vp, thread);
                return false;
            case Request.Yield:
                StopRunning(vp, thread);
                MakeReady(vp, thread, ReadyReason.Yielded);
                return false;
            case Request.Wait or Request.Sleep when thread.CancelPending:
                thread.Outcome = WaitOutcome.Cancelled;
                thread.Request = Request.Safepoint;
                goto default;
            case Request.Wait:
                if (!((IWaitable)thread.RequestObject!).TryTake(thread))
                {
                    Block(vp, thread, BlockReason.Synchronization);
                    return false;
                }
                thread.Request = Request.Safepoint;
                goto default;
            case Request.Sleep:
                Block(vp, thread, BlockReason.Sleep);
                return false;
            case Request.Foreign:
                if (((ForeignAwait)thread.RequestObject!).TryWait())
                {
                    Block(vp, thread, BlockReason.ForeignTask);
                    return false;
                }
                thread.Request = Request.Safepoint;
                goto default;
            default:
                if (vp.PickedAt == Charged) vp.PickedAt = Time(vp);
                return !LeaveAtSafepoint(vp, thread);
        }
    }

    /// <summary>
    /// At a safepoint of the running thread: takes the virtual processor from it when the policy wants that, or when its
    /// quantum is over. Nobody else may be ready: the policy then picks it again, and has charged it for the time by then.
    /// </summary>
    public bool LeaveAtSafepoint(VirtualProcessor vp, UserThread thread)
    {
        if (_slices && (vp.QuantumIsDue || vp.QuantumEnd == ArmedLater || _isSimulated || (QuantaMatter && LookAtClock(vp)))) CheckQuantum(vp, thread);
        if (!vp.PreemptRequested) return false;
        vp.PreemptRequested = false;
        Preempt(vp, thread);
        return true;
    }

    private void Record(VirtualProcessor vp, UserThread thread, TraceEventKind kind, byte detail = 0) =>
        Trace?.Add(Time(vp), vp.Number, thread.Id, kind, detail);
}
