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
            var thread = CallFindNextToRun(vp);
            if (thread is null)
            {
                if (_ready == 0 || !Forgotten(vp)) return null;
                continue;
            }
            if (thread.Scheduler != this || thread.State != UserThreadState.Ready)
            {
                Eject(vp, PolicyRule.PicksReadyThread, PolicyCallback.FindNextToRun,
                    $"FindNextToRun returned thread {thread.Name}, which is {thread.State} and not Ready. Return only threads that OnReady has handed over, each once.");
                continue;
            }
            _ready--;
            if (vp.Idle)
            {
                vp.Idle = false;
                _idle--;
            }
            thread.State = UserThreadState.Running;
            // What it asked for has been served, unless a simulated machine still has to let it compute, or it has lost its
            // virtual processor just after it asked.
            if (thread.Activation is null && thread.Request is not (Request.Compute or Request.Read)) thread.Request = Request.Safepoint;
            thread.VirtualProcessor = vp;
            vp.Running = thread;
            Counters.Switches++;
            if (_timed) vp.PickedAt = Kernel.Now;
            StartQuantum(vp, thread);
            Record(vp, thread, TraceEventKind.Running);
            return thread;
        }
    }

    /// <summary>The virtual processor has nothing to run.</summary>
    public void EnterIdle(VirtualProcessor vp)
    {
        if (vp.Idle) return;
        vp.Idle = true;
        _idle++;
        Trace?.Add(Kernel.Now, vp.Number, 0, TraceEventKind.Idle);
    }

    // The policy had nothing although threads are ready. It may keep them for another virtual processor; when all of
    // those idle and have been asked since the last thread became ready, it has forgotten them.
    private bool Forgotten(VirtualProcessor vp)
    {
        vp.AskedAt = _readyEpoch;
        if (_idle + (vp.Idle ? 0 : 1) < VirtualProcessors.Count) return false;
        foreach (var other in VirtualProcessors)
        {
            if (other.AskedAt == _readyEpoch) continue;
            Kernel.Notify(other);
            return false;
        }
        var waiting = _live.Where(thread => thread.State == UserThreadState.Ready).OrderBy(thread => thread.Id).First();
        return Eject(vp, PolicyRule.ForgetsNoThread, PolicyCallback.FindNextToRun,
            $"FindNextToRun had nothing to run although thread {waiting.Name} has been ready since it was {waiting.ReadyReason}. Keep every thread that OnReady hands over until FindNextToRun returns it.");
    }

    private void StartQuantum(VirtualProcessor vp, UserThread thread)
    {
        if (!_slices) return;
        var quantum = CallQuantum(vp, thread);
        vp.QuantumEnd = quantum == Timeout.InfiniteTimeSpan ? long.MaxValue : Kernel.Now + Math.Max(1, quantum.Ticks * 100);
    }

    /// <summary>
    /// Runs the thread's own code until it suspends or ends (its request is <see cref="Request.None"/> then). The one
    /// member that is not called in the core.
    /// </summary>
    public static void Resume(UserThread thread)
    {
        thread.Request = Request.None;
        if (thread.Body is { } body)
        {
            thread.Body = null;
            Start(thread, body);
            return;
        }
        // The trampoline: a method that ends leaves the method that awaits it in thread.Frame.
        while (thread.Frame is { } frame)
        {
            thread.Frame = null;
            frame.MoveNext();
            if (thread.Request != Request.None)
            {
                if (frame.Completed && frame.Awaiting is null) EndUnawaited(thread);
                return;
            }
            if (frame.Completed && frame.Awaiting is null) thread.Exception = frame.Exception;
        }
    }

    private static void Start(UserThread thread, Func<ThreadContext, UserTask> body)
    {
        try
        {
            var task = body(new ThreadContext(thread));
            if (task.IsCompleted && thread.Request != Request.None) EndUnawaited(thread);
            else if (task.IsCompleted) thread.Exception = task.Frame?.Exception;
        }
        catch (Exception exception) when (exception is not ThreadInterruptedException)
        {
            // A body that is not an async method can throw before it makes a task.
            thread.Exception = ExceptionDispatchInfo.Capture(exception);
            thread.Request = Request.None;
        }
    }

    private static void EndUnawaited(UserThread thread)
    {
        SetUnawaited(thread);
        thread.Request = Request.None;
        thread.Frame = null;
    }
}
