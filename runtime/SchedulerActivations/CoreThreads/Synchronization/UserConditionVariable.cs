namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A condition that threads wait for with a mutex in hand: <see cref="ThreadContext.Wait(UserConditionVariable)"/> gives
/// the mutex back and waits, in one step, and holds the mutex again when it returns.
/// </summary>
/// <example>
/// <code>
/// await t.Lock(mutex);
/// while (queue.Count == 0) await t.Wait(notEmpty);
/// </code>
/// </example>
/// <remarks>
/// As POSIX's (<c>pthread_cond_wait</c>), with these differences: it belongs to one mutex for life, where POSIX binds it for as
/// long as somebody waits; there are no spurious wake-ups; waiters are woken in the order in which they came. A thread
/// whose wait is cancelled or timed out holds the mutex again when it learns of it, as in POSIX. Signalling needs no
/// mutex; a signal for which nobody waits is lost. A woken thread is moved to the mutex's waiters, so a broadcast wakes
/// only one that can go on.
/// </remarks>
/// <param name="mutex">The mutex that protects what the condition is about.</param>
public sealed class UserConditionVariable(UserMutex mutex) : SynchronizationObject, IWaitable
{
    private readonly ThreadQueue _waiters = new(ofCore: true);

    /// <summary>The mutex that protects what the condition is about.</summary>
    public UserMutex Mutex { get; } = mutex ?? throw new ArgumentNullException(nameof(mutex));

    private protected override string? Use => Waiting(_waiters);

    bool IWaitable.TryTake(UserThread thread)
    {
        if (EndsWait(thread)) return true;
        Mutex.CheckOwner(thread);
        return false;
    }

    void IWaitable.AddWaiter(UserThread thread)
    {
        _waiters.Enqueue(thread);
        if (Mutex.Release(thread) is { } next) thread.Scheduler.Announce(thread, next);
    }

    bool IWaitable.RemoveWaiter(VirtualProcessor vp, UserThread thread)
    {
        _waiters.Remove(thread);
        return Retake(vp, thread);
    }

    string IWaitable.Describe() => "a signal to a condition variable";

    /// <summary>Ends the wait of the thread that has waited longest; false when nobody waits.</summary>
    internal bool Signal(UserThread by)
    {
        CheckUsable();
        if (_waiters.Dequeue() is not { } waiter) return false;
        by.Scheduler.EndWait(waiter);
        if (Retake(by.VirtualProcessor, waiter)) by.Scheduler.Announce(by, waiter);
        return true;
    }

    // The thread gets the mutex, or waits for it: that wait has no time-out and is not cancelled.
    private bool Retake(VirtualProcessor vp, UserThread thread)
    {
        if (Mutex.TryTake(thread)) return true;
        thread.RequestObject = Mutex;
        Mutex.AddWaiter(vp, thread);
        return false;
    }
}
