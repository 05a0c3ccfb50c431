namespace SchedulerActivations.CoreThreads;

// Other threads, and the thread itself.
public readonly partial struct ThreadContext
{
    /// <summary>
    /// Asks a thread to end: its next await throws <see cref="UserThreadCancelledException"/>, and a sleep or a wait for
    /// other user threads ends at once. It throws once for each request, so that a thread can clean up with awaits.
    /// </summary>
    /// <remarks>
    /// As POSIX's deferred cancellation; but the request ends nothing by force: a thread that catches the exception goes
    /// on. A read of a port, a call that blocks and a <see cref="Task"/> are waited for first.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The thread has ended (POSIX: <c>ESRCH</c>), or belongs to another run.</exception>
    public void Cancel(UserThread thread)
    {
        if (!TryCancel(thread)) throw new InvalidOperationException($"Thread {thread.Name} has ended: there is nothing to cancel.");
    }

    /// <summary>As <see cref="Cancel"/>; false when the thread has ended.</summary>
    /// <exception cref="InvalidOperationException">The thread belongs to another run.</exception>
    public bool TryCancel(UserThread thread)
    {
        CheckRun(thread);
        using var core = new InCore(Thread);
        return Thread.Scheduler.Cancel(Thread, thread);
    }

    /// <summary>Sleeps until a time of the machine's clock (<see cref="Now"/>); at once when it has passed.</summary>
    public Operation SleepUntil(TimeSpan time) => Sleep(time - Now);

    private void CheckRun(UserThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        if (thread.Scheduler != Thread.Scheduler) throw new InvalidOperationException($"Thread {thread.Name} belongs to another run.");
    }
}
