using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// Choosing a thread and running it.
internal sealed partial class Scheduler
{
    /// <summary>Asks the policy for the virtual processor's next thread, which is Running from here on; null when it shall idle.</summary>
    public UserThread? FindNext(VirtualProcessor vp)
    {
        while (true)
        {
            vp.PreemptRequested = false;
            // Whoever has changed a priority may compute on elsewhere for long.
            if (_reprioritized.Count > 0) TellPriorities(vp);
            if (_first.Dequeue() is { } first)
            {
                Pick(vp, first);
                FindPlaceForFirst(vp);
                // It may have been notified of another thread: one that idles comes for that.
                if (_idle > 0 && _ready > 0) NotifyIdle(except: vp);
                return first;
            }
            var epoch = _readyEpoch;
            var thread = _own is not null ? _own.FindNextToRun(vp) : CallFindNextToRun(vp);
            if (thread is null)
            {
                // One has become ready while the policy was asked, without the core's lock.
                if (epoch != _readyEpoch || _first.Count > 0) continue;
                if (_ready == 0 || !Forgotten(vp)) return null;
            }
            // In this order: one that nobody has started is not ready, and has no scheduler.
            else if (thread.State != UserThreadState.Ready || thread.Scheduler != this)
            {
                EjectForPick(vp, thread);
            }
            else
            {
                Pick(vp, thread);
                if (_overlaps) FindPlaceForFirst(vp);
                return thread;
            }
        }
    }

    private void Pick(VirtualProcessor vp, UserThread thread)
    {
        var idled = vp.Idle;
        Assign(vp, thread);
        if (_idle > 0 && RunsToSafepoints)
        {
            if (_timers.Count > 0) HaveTimersAwaited();
            if (idled) PassNoticeOn(vp);
        }
        BeginQuantum(vp, thread);
        Record(vp, thread, TraceEventKind.Running);
    }

    private void Assign(VirtualProcessor vp, UserThread thread)
    {
        _ready--;
        if (vp.Idle)
        {
            vp.Idle = false;
            _idle--;
        }
        thread.State = UserThreadState.Running;
        // What it asked for has been served, unless a simulated machine still has to let it compute, or it has lost its
        // virtual processor just after it asked.
        if (!thread.OnStack && thread.Request is not (Request.Compute or Request.Read)) thread.Request = Request.Safepoint;
        if (thread.VirtualProcessor != vp) thread.VirtualProcessor = vp;
        vp.Running = thread;
        Counters.Switches++;
    }

    // The virtual processor idles no more. What it was notified of since it last looked is for one that does: it may not look
    // again for long.
    private void PassNoticeOn(VirtualProcessor vp)
    {
        // Partner: LinuxKernel.Post, which sets Attention, then looks whether the virtual processor idles.
        Interlocked.MemoryBarrier();
        if (vp.Attention && FindIdle() is { } idle) Kernel.Notify(idle);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EjectForPick(VirtualProcessor vp, UserThread thread) => Eject(vp, PolicyRule.PicksReadyThread, PolicyCallback.FindNextToRun,
        $"FindNextToRun returned thread {thread.Name}, which {(thread.IsStarted && thread.Scheduler != this ? "belongs to another run" : $"is {thread.State} and not Ready")}. Return only threads that OnReady has handed over, each once.");

    /// <summary>The virtual processor has nothing to run.</summary>
    public void EnterIdle(VirtualProcessor vp)
    {
        if (vp.Idle) return;
        vp.Idle = true;
        _idle++;
        Trace?.Add(Time(vp), vp.Number, 0, TraceEventKind.Idle);
    }

    // The policy had nothing although threads are ready. It may keep them for another virtual processor: those that idle are asked,
    // one after the other. When all idle and have been asked since the last thread became ready, it has forgotten them.
    private bool Forgotten(VirtualProcessor vp)
    {
        vp.AskedAt = _readyEpoch;
        var allIdle = _idle + (vp.Idle ? 0 : 1) == _processors.Length;
        foreach (var other in _processors)
        {
            if (other.AskedAt == _readyEpoch || (!allIdle && (!other.Idle || other.Attention))) continue;
            Kernel.Notify(other);
            return false;
        }
        if (!allIdle) return false;
        var waiting = _live.Where(thread => thread.State == UserThreadState.Ready).OrderBy(thread => thread.Id).First();
        return Eject(vp, PolicyRule.ForgetsNoThread, PolicyCallback.FindNextToRun,
            $"FindNextToRun had nothing to run although thread {waiting.Name} has been ready since it was {waiting.ReadyReason}. Keep every thread that OnReady hands over until FindNextToRun returns it.");
    }

    /// <summary>
    /// Runs the thread's own code until it suspends or ends (its request is <see cref="Request.None"/> then). The one
    /// member that is not called in the core.
    /// </summary>
    public static void Resume(UserThread thread)
    {
        thread.Request = Request.None;
        if (thread.Frame is not { } frame)
        {
            Start(thread);
            return;
        }
        // The trampoline: a method that ends leaves the method that awaits it in thread.Frame.
        do
        {
            frame.MoveNext();
            if (thread.Request != Request.None) return;
            frame = thread.Frame;
        }
        while (frame is not null);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Start(UserThread thread)
    {
        try
        {
            var task = thread.Run(new ThreadContext(thread));
            if (!task.IsCompleted) return;
            if (thread.Request != Request.None) thread.EndUnawaited();
            else if (task.Frame is { } frame) thread.Exception = frame.Exception;
        }
        catch (Exception exception) when (exception is not ThreadInterruptedException)
        {
            // A body that is not an async method can throw before it makes a task.
            thread.Exception = ExceptionDispatchInfo.Capture(exception);
            if (thread.Request != Request.None) thread.EndUnawaited();
        }
    }
}
