namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A thread's await of something that completes outside the run (a <see cref="Task"/>). That may be before the thread has come to
/// wait: it may have lost its virtual processor by then, and whoever woke it up would wake it for something else.
/// </summary>
/// <param name="thread">The thread.</param>
internal sealed class ForeignAwait(UserThread thread)
{
    private const int Pending = 0, Waiting = 1, Completed = 2;

    private int _state;

    /// <summary>The thread comes to wait: false when it need not. It may come again, where the policy hung before it was blocked. In the core.</summary>
    public bool TryWait() => Interlocked.CompareExchange(ref _state, Waiting, Pending) != Completed;

    /// <summary>What was awaited has completed. On any OS thread.</summary>
    public void Complete()
    {
        if (Interlocked.CompareExchange(ref _state, Completed, Pending) == Waiting) thread.Scheduler.Kernel.Post(thread);
    }
}
