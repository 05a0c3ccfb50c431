namespace SchedulerActivations.CoreThreads;

/// <summary>A visit of a user thread's own code to the core, to be disposed of at its end.</summary>
internal readonly ref struct InCore
{
    public InCore(UserThread thread)
    {
        Thread = thread;
        thread.Carrier!.EnterCore(thread);
    }

    private UserThread Thread { get; init; }

    /// <summary>Whether the virtual processor has something to look at before the thread goes on.</summary>
    public bool WantsSafepoint => Scheduler.WantsSafepoint(Thread);

    /// <summary>The rest of a visit that has begun.</summary>
    public static InCore Entered(UserThread thread) => new() { Thread = thread };

    public void Dispose() => Thread.Carrier!.LeaveCore();
}
