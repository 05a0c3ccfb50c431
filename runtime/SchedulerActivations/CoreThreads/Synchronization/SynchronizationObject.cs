namespace SchedulerActivations.CoreThreads;

/// <summary>
/// What user threads wait for each other with: mutex, condition variable, semaphore, reader-writer lock, barrier, latch.
/// Nothing has to be given back to anybody, but an object that nobody shall use any more can be destroyed
/// (<see cref="ThreadContext.Destroy"/>): using it after that is an error, and so is destroying it while it is in use.
/// </summary>
/// <remarks>POSIX leaves both undefined (<c>pthread_mutex_destroy</c> and its like).</remarks>
public abstract class SynchronizationObject
{
    /// <summary>Whether it was destroyed.</summary>
    public bool IsDestroyed { get; private set; }

    // Who uses it, for the error's text; null when nobody does.
    private protected abstract string? Use { get; }

    internal virtual void Destroy()
    {
        CheckUsable();
        if (Use is { } use) throw new SynchronizationLockException($"The {GetType().Name} cannot be destroyed: {use}.");
        IsDestroyed = true;
    }

    /// <summary>For operations that do not wait.</summary>
    /// <exception cref="ObjectDisposedException">It was destroyed.</exception>
    private protected void CheckUsable()
    {
        if (IsDestroyed) throw Destroyed();
    }

    /// <summary>
    /// For <see cref="IWaitable.TryTake"/>: throws in the thread's own code. Where another thread has destroyed the object
    /// between the thread's two looks at it, true: the wait is over, and the thread's own code throws when it goes on.
    /// </summary>
    private protected bool EndsWait(UserThread thread)
    {
        if (!IsDestroyed) return false;
        if (thread.Request != Request.Wait) throw Destroyed();
        thread.CancelPending = true;
        thread.Outcome = WaitOutcome.Destroyed;
        return true;
    }

    private ObjectDisposedException Destroyed() => new(GetType().Name, $"The {GetType().Name} was destroyed and cannot be used any more.");

    private protected static string? Waiting(ThreadQueue waiters) =>
        waiters.First is { } first ? $"{first.Name}{(waiters.Count > 1 ? $" and {waiters.Count - 1} more" : "")} wait{(waiters.Count > 1 ? "" : "s")} for it" : null;
}
