namespace SchedulerActivations.CoreThreads;

/// <summary>A visit of a user thread's own code to the core, to be disposed of at its end.</summary>
internal readonly ref struct InCore
{
    private readonly UserThread _thread;

    public InCore(UserThread thread)
        : this(thread, entered: false) { }

    private InCore(UserThread thread, bool entered)
    {
        _thread = thread;
        if (!entered) thread.Carrier!.EnterCore(thread);
    }

    /// <summary>Whether the virtual processor has something to look at before the thread goes on.</summary>
    public bool WantsSafepoint => Scheduler.WantsSafepoint(_thread);

    /// <summary>The rest of a visit that has begun.</summary>
    public static InCore Entered(UserThread thread) => new(thread, entered: true);

    public void Dispose() => _thread.Carrier!.LeaveCore();
}
