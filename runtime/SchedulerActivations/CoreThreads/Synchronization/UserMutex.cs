namespace SchedulerActivations.CoreThreads;

/// <summary>
/// Mutual exclusion among user threads. Waiters get it in the order in which they came; a waiting thread costs no
/// kernel thread. Taken and given back by <see cref="ThreadContext.Lock(UserMutex)"/> and <see cref="ThreadContext.Unlock(UserMutex)"/>.
/// </summary>
/// <remarks>
/// As POSIX's error-checking mutex (<c>PTHREAD_MUTEX_ERRORCHECK</c>): locking it twice and unlocking another's are errors.
/// It is handed over, so nobody overtakes a waiter. There is nothing to destroy. A thread that ends with a mutex keeps it,
/// as POSIX's does unless it is robust; the report of a deadlock says so.
/// </remarks>
public sealed class UserMutex : IWaitable
{
    private readonly ThreadQueue _waiters = new();

    /// <summary>The thread that holds it, or null.</summary>
    public UserThread? Owner { get; private set; }

    bool IWaitable.TryTake(UserThread thread) => TryTake(thread);

    void IWaitable.AddWaiter(UserThread thread) => AddWaiter(thread);

    bool IWaitable.RemoveWaiter(VirtualProcessor vp, UserThread thread)
    {
        _waiters.Remove(thread);
        return true;
    }

    string IWaitable.Describe() => Owner switch
    {
        null => "a mutex that nobody holds",
        { State: UserThreadState.Finished } owner => $"a mutex that {owner.Name} held when it ended",
        var owner => $"a mutex that {owner.Name} holds",
    };

    internal bool TryTake(UserThread thread)
    {
        if (Owner == thread) throw new SynchronizationLockException($"Thread {thread.Name} holds the mutex already: it would wait for itself.");
        if (Owner is not null) return false;
        Owner = thread;
        return true;
    }

    internal void AddWaiter(UserThread thread) => _waiters.Enqueue(thread);

    /// <summary>Gives the mutex back and on to the thread that has waited longest, which is returned.</summary>
    internal UserThread? Release(UserThread thread)
    {
        CheckOwner(thread);
        return Owner = _waiters.Dequeue();
    }

    internal void CheckOwner(UserThread thread)
    {
        if (Owner != thread)
            throw new SynchronizationLockException($"Thread {thread.Name} does not hold the mutex; {(Owner is null ? "nobody does" : $"{Owner.Name} does")}.");
    }
}
