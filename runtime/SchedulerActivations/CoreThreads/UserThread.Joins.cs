namespace SchedulerActivations.CoreThreads;

// Its end, as something that other threads wait for.
public partial class UserThread : IWaitable
{
    // The slot of the thread that waits for it; where there are several, the others wait in a queue.
    private int _joiner;

    /// <summary>The thread whose end it waits for, or has waited for until now; null when it is something else or nothing.</summary>
    internal UserThread? Joins => Request == Request.Wait ? RequestObject as UserThread : null;

    /// <summary>Takes the next thread that waits for this one's end; null when there is none.</summary>
    internal UserThread? TakeJoiner()
    {
        if (_joiner == 0) return _rare?.Joiners?.Dequeue();
        var one = Scheduler.Live[_joiner];
        _joiner = 0;
        return one;
    }

    internal void AddJoiner(UserThread thread)
    {
        if (_joiner == 0) _joiner = thread.Slot;
        else (RareParts.Joiners ??= new(ofCore: true)).Enqueue(thread);
    }

    bool IWaitable.TryTake(UserThread thread) => State == UserThreadState.Finished;

    void IWaitable.AddWaiter(UserThread thread) => AddJoiner(thread);

    bool IWaitable.RemoveWaiter(VirtualProcessor vp, UserThread thread)
    {
        if (_joiner == thread.Slot) _joiner = 0;
        else _rare?.Joiners?.Remove(thread);
        return true;
    }

    string IWaitable.Describe() => $"the end of {Name}";
}
