namespace SchedulerActivations.CoreThreads;

// Priorities that change while a thread is ready. They change on a user thread's stack, where no policy code runs: the
// policy is told when the virtual processor next is in the core.
internal sealed partial class Scheduler
{
    private readonly Queue<UserThread> _reprioritized = new();

    /// <summary>A thread's priority is another than before.</summary>
    public void PriorityChanged(VirtualProcessor vp, UserThread thread)
    {
        if (thread.State != UserThreadState.Ready) return;
        _reprioritized.Enqueue(thread);
        vp.Attention = true;
    }

    /// <summary>A thread's priority has been set, in the place of another. One that runs and has become less urgent comes to a policy that preempts.</summary>
    public void PriorityChanged(VirtualProcessor vp, UserThread thread, int before)
    {
        PriorityChanged(vp, thread);
        if (!_preempts || _ready == 0 || thread.State != UserThreadState.Running || thread.Priority >= before) return;
        RequestPreemption(vp, thread.VirtualProcessor);
    }

    /// <summary>Tells the policy whose priority has changed, and whether the thread shall run now.</summary>
    public void TellPriorities(VirtualProcessor vp)
    {
        while (_reprioritized.TryDequeue(out var thread))
        {
            if (thread.State != UserThreadState.Ready) continue;
            Call(vp, new OnPriorityChanged(thread));
            if (_preempts) ConsiderPreemption(vp, thread);
        }
    }
}
