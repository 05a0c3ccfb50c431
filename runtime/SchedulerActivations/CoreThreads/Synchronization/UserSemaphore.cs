namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A counting semaphore: <see cref="ThreadContext.Wait(UserSemaphore)"/> takes one unit and waits while there is none,
/// <see cref="ThreadContext.Release"/> gives units back. Waiters are served in the order in which they came.
/// </summary>
/// <remarks>As POSIX's unnamed semaphore (<c>sem_wait</c>, <c>sem_post</c>); several units can be given back at once, and the maximum is the user's.</remarks>
public sealed class UserSemaphore : SynchronizationObject, IWaitable
{
    private readonly ThreadQueue _waiters = new(ofCore: true);

    /// <summary>Makes a semaphore.</summary>
    /// <param name="count">Units that it starts with.</param>
    /// <param name="maximum">Units that it can have at most (POSIX: <c>SEM_VALUE_MAX</c>).</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative or above the maximum, or the maximum is not positive.</exception>
    public UserSemaphore(int count, int maximum = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximum);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, maximum);
        (Count, Maximum) = (count, maximum);
    }

    /// <summary>Units that can be taken at once; 0 while threads wait.</summary>
    public int Count { get; private set; }

    /// <summary>Units that it can have at most.</summary>
    public int Maximum { get; }

    private protected override string? Use => Waiting(_waiters);

    bool IWaitable.TryTake(UserThread thread)
    {
        if (EndsWait(thread)) return true;
        if (Count == 0) return false;
        Count--;
        return true;
    }

    void IWaitable.AddWaiter(UserThread thread) => _waiters.Enqueue(thread);

    bool IWaitable.RemoveWaiter(VirtualProcessor vp, UserThread thread)
    {
        _waiters.Remove(thread);
        return true;
    }

    string IWaitable.Describe() => "a semaphore's release";

    internal void Release(UserThread by, int units)
    {
        CheckUsable();
        if (units > Maximum - Count + (long)_waiters.Count) throw new SemaphoreFullException($"The semaphore has {Count} units and can have {Maximum} at most: {units} more do not fit.");
        for (; units > 0 && _waiters.Dequeue() is { } waiter; units--) by.Scheduler.Announce(by, waiter);
        Count += units;
    }
}
