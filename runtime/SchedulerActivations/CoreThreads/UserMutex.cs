namespace SchedulerActivations.CoreThreads;

/// <summary>
/// Mutual exclusion among user threads. Waiters get it in the order in which they came; a waiting thread costs no
/// kernel thread. Taken and given back by <see cref="ThreadContext.Lock"/> and <see cref="ThreadContext.Unlock"/>.
/// </summary>
public sealed class UserMutex : IWaitable
{
    private readonly ThreadQueue _waiters = new();

    /// <summary>The thread that holds it, or null.</summary>
    public UserThread? Owner { get; private set; }

    bool IWaitable.TryTake(UserThread thread)
    {
        if (Owner == thread) throw new SynchronizationLockException($"Thread {thread.Name} holds the mutex already: it would wait for itself.");
        if (Owner is not null) return false;
        Owner = thread;
        return true;
    }

    void IWaitable.AddWaiter(UserThread thread) => _waiters.Enqueue(thread);

    /// <summary>Gives the mutex back and on to the thread that has waited longest, which is returned.</summary>
    internal UserThread? Release(UserThread thread)
    {
        if (Owner != thread)
            throw new SynchronizationLockException($"Thread {thread.Name} does not hold the mutex; {(Owner is null ? "nobody does" : $"{Owner.Name} does")}.");
        return Owner = _waiters.Dequeue();
    }
}
