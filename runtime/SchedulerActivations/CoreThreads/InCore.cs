namespace SchedulerActivations.CoreThreads;

/// <summary>A visit of a user thread's own code to the core, to be disposed of at its end.</summary>
internal readonly ref struct InCore
{
    private readonly UserThread _thread;

    public InCore(UserThread thread)
    {
        _thread = thread;
        thread.Scheduler.EnterCore(thread);
    }

    /// <summary>Whether the virtual processor has something to look at before the thread goes on.</summary>
    public bool WantsSafepoint => _thread.Scheduler.WantsSafepoint(_thread);

    public void Dispose() => _thread.Scheduler.LeaveCore(_thread);
}
