using System.Runtime.CompilerServices;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// The switches that programs make most: a thread yields, ends or waits for another one, and nothing else has happened. For a
// yield, what Commit and FindNext do then, in one piece.
internal sealed partial class Scheduler
{
    /// <summary>There is one virtual processor, and nobody keeps accounts: a yield is two callbacks and a trace's two records, and nothing else.</summary>
    public bool IsPlain { get; private set; }

    /// <summary>Whether there is nothing to look at when a thread leaves the virtual processor in a plain run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayGoOnPlainly(VirtualProcessor vp) => !vp.Attention && !vp.PreemptRequested && _timers.Count == 0;

    /// <summary>The thread yields; answers with the next, which is Running from here on, or null where the core has to be asked what to do.</summary>
    /// <remarks>
    /// REQUIRES: <see cref="IsPlain"/> and <see cref="MayGoOnPlainly"/>, and nobody is announced; whoever calls it catches what a callback throws, and has the policy ejected
    /// (<see cref="EjectYielding"/>).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public UserThread? Yield(VirtualProcessor vp, UserThread thread)
    {
        MarkReady(thread, ReadyReason.Yielded);
        if (Trace is not null) RecordYield(vp, thread);
        UserThread? next;
        if (_own is not null)
        {
            // The core's own policy neither hangs nor throws nor looks at what runs: nobody watches over it.
            next = _own.Queue.Rotate(thread);
        }
        else
        {
            vp.Running = null;
            next = AskPolicy(vp, thread);
        }
        if (next is null) return null;
        return GoOnWith(vp, next);
    }

    /// <summary>As <see cref="Yield"/>, where the kernel interrupts threads: under the core's own policies, without a trace. Null, and nothing has happened, where the core has to be asked.</summary>
    /// <remarks>REQUIRES: a timer expires at the end of the thread's quantum at the latest, which is before that of the next one's.</remarks>
    public UserThread? YieldInterruptibly(UserThread thread)
    {
        var vp = thread.VirtualProcessor;
        if (_own is null || _processors.Length > 1 || Trace is not null || vp.WantsCore || _timers.Count > 0) return null;
        MarkReady(thread, ReadyReason.Yielded);
        var next = _own.Queue.Rotate(thread);
        GoOn(vp, next);
        BeginPass(vp);
        BeginQuantum(vp, next);
        return next;
    }

    // As GoOnDirectly, where a policy may be asked for quanta and a trace kept: answers with the thread, or null where it cannot just be resumed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private UserThread? GoOnWith(VirtualProcessor vp, UserThread next)
    {
        GoOnDirectly(vp, next);
        if (vp.QuantumIsDue) BeginQuantum(vp, next);
        if (Trace is not null) Record(vp, next, TraceEventKind.Running);
        return next.OnStack ? null : next;
    }

    /// <summary>As <see cref="Commit"/> and <see cref="FindNext"/>; answers as <see cref="Yield"/>.</summary>
    /// <remarks>REQUIRES: <see cref="IsPlain"/> and <see cref="MayGoOnPlainly"/>; the thread asks for nothing that only a machine can serve.</remarks>
    public UserThread? CommitAndFindNext(VirtualProcessor vp, UserThread thread)
    {
        BeginPass(vp);
        if (Commit(vp, thread)) return null;
        if (vp.Announced) TakeAnnounced(vp);
        // A callback may have made the run one that is not plain.
        return IsPlain && FindNext(vp) is { OnStack: false } next ? next : null;
    }

    private void RecordYield(VirtualProcessor vp, UserThread thread)
    {
        vp.PassTime = Kernel.UnfencedNow;
        Record(vp, thread, TraceEventKind.Ready, (byte)ReadyReason.Yielded);
    }

    // As Call does it; what the watchdog sees after the first callback is the number of the second, in the place of None.
    private UserThread? AskPolicy(VirtualProcessor vp, UserThread thread)
    {
        var policy = _policy;
        var sequence = vp.CallbackSequence + 1;
        vp.CallbackSequence = sequence;
        vp.Callback = PolicyCallback.OnReady;
        policy.OnReady(thread, ReadyReason.Yielded);
        vp.Callback = PolicyCallback.FindNextToRun;
        vp.CallbackSequence = sequence + 1;
        if (Volatile.Read(ref vp.AbandonedCallback) == sequence) EndIfAbandoned(vp, sequence);
        var next = policy.FindNextToRun(vp);
        vp.Callback = PolicyCallback.None;
        if (Volatile.Read(ref vp.AbandonedCallback) == sequence + 1) EndIfAbandoned(vp, sequence + 1);
        return next is not null && next.VirtualProcessor == vp && next.State == UserThreadState.Ready ? next : Reconsider(vp, next);
    }

    /// <summary>A callback of the policy threw while a thread yielded.</summary>
    public void EjectYielding(VirtualProcessor vp, Exception exception)
    {
        var callback = vp.Callback;
        vp.Callback = PolicyCallback.None;
        EndIfAbandoned(vp, vp.CallbackSequence);
        EjectThrower(vp, callback, exception);
    }

    // The policy's answer is none that can be run. The thread that yielded has not been counted as ready yet.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private UserThread? Reconsider(VirtualProcessor vp, UserThread? answer)
    {
        _ready++;
        if (answer is not null) EjectForPick(vp, answer);
        return null;
    }
}
