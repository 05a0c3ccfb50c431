using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

// Waiting for other user threads. Times are of the machine's clock; Timeout.InfiniteTimeSpan waits for ever, a time of 0 takes
// only what can be had at once, any other negative time is an error.
public readonly partial struct ThreadContext
{
    /// <summary>Takes a mutex, waiting for it if need be.</summary>
    /// <exception cref="SynchronizationLockException">The thread holds the mutex already.</exception>
    /// <exception cref="UserThreadCancelledException">The thread was cancelled; it does not hold the mutex.</exception>
    public LockOperation Lock(UserMutex mutex)
    {
        ArgumentNullException.ThrowIfNull(mutex);
        return new LockOperation(Thread, mutex);
    }

    /// <summary>Takes a mutex within a time; false when the time was over (<c>pthread_mutex_timedlock</c>).</summary>
    /// <inheritdoc cref="Lock(UserMutex)" path="/exception"/>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    public WaitOperation Lock(UserMutex mutex, TimeSpan timeout) => Wait(mutex, timeout);

    /// <summary>Takes a mutex if nobody holds it (<c>pthread_mutex_trylock</c>); false when somebody does, were it this thread.</summary>
    public bool TryLock(UserMutex mutex)
    {
        ArgumentNullException.ThrowIfNull(mutex);
        return mutex.Owner != Thread && TryTake(mutex);
    }

    /// <summary>Gives a mutex back; the thread that has waited longest gets it.</summary>
    /// <exception cref="SynchronizationLockException">The thread does not hold the mutex.</exception>
    public void Unlock(UserMutex mutex)
    {
        ArgumentNullException.ThrowIfNull(mutex);
        var (thread, carrier) = (Thread, Thread.Carrier!);
        carrier.EnterCore(thread);
        if (mutex.TryReleaseUnwaited(thread)) carrier.LeaveCore();
        else ReleaseInCore(thread, mutex);
    }

    // As LockOperation.TakeInCore.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReleaseInCore(UserThread thread, UserMutex mutex)
    {
        using var core = InCore.Entered(thread);
        if (mutex.Release(thread) is { } next) thread.Scheduler.Announce(thread, next);
    }

    /// <summary>Gives the condition's mutex back, waits for a signal, and takes the mutex again.</summary>
    /// <exception cref="SynchronizationLockException">The thread does not hold the mutex.</exception>
    /// <exception cref="UserThreadCancelledException">The thread was cancelled; it holds the mutex.</exception>
    public Operation Wait(UserConditionVariable condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new Operation(Thread, condition);
    }

    /// <summary>As <see cref="Wait(UserConditionVariable)"/>, for so long at most; false when no signal came. The thread holds the mutex either way, and waits for that without limit.</summary>
    /// <inheritdoc cref="Wait(UserConditionVariable)" path="/exception"/>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    public WaitOperation Wait(UserConditionVariable condition, TimeSpan timeout) => Wait((IWaitable)condition, timeout);

    /// <summary>Wakes the thread that has waited longest for the condition; nothing when none waits.</summary>
    public void Signal(UserConditionVariable condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        using var core = new InCore(Thread);
        condition.Signal(Thread);
    }

    /// <summary>Wakes all threads that wait for the condition.</summary>
    public void Broadcast(UserConditionVariable condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        using var core = new InCore(Thread);
        while (condition.Signal(Thread)) { }
    }

    /// <summary>Takes a unit of a semaphore, waiting for one if need be.</summary>
    /// <exception cref="UserThreadCancelledException">The thread was cancelled; it has taken nothing.</exception>
    public Operation Wait(UserSemaphore semaphore)
    {
        ArgumentNullException.ThrowIfNull(semaphore);
        return new Operation(Thread, semaphore);
    }

    /// <summary>Takes a unit of a semaphore within a time; false when the time was over.</summary>
    /// <inheritdoc cref="Wait(UserSemaphore)" path="/exception"/>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    public WaitOperation Wait(UserSemaphore semaphore, TimeSpan timeout) => Wait((IWaitable)semaphore, timeout);

    /// <summary>Takes a unit of a semaphore if it has one.</summary>
    public bool TryWait(UserSemaphore semaphore)
    {
        ArgumentNullException.ThrowIfNull(semaphore);
        return TryTake(semaphore);
    }

    /// <summary>Gives units to a semaphore.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number of units is not positive.</exception>
    /// <exception cref="SemaphoreFullException">The semaphore would have more than its maximum (POSIX: <c>EOVERFLOW</c>); it gets none then.</exception>
    public void Release(UserSemaphore semaphore, int units = 1)
    {
        ArgumentNullException.ThrowIfNull(semaphore);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        using var core = new InCore(Thread);
        semaphore.Release(Thread, units);
    }

    /// <summary>Takes a lock for reading.</summary>
    /// <exception cref="SynchronizationLockException">The thread holds the lock for writing.</exception>
    /// <exception cref="UserThreadCancelledException">The thread was cancelled; it has not taken the lock.</exception>
    public Operation LockForReading(UserReaderWriterLock rwLock)
    {
        ArgumentNullException.ThrowIfNull(rwLock);
        return new Operation(Thread, rwLock.Reading);
    }

    /// <summary>Takes a lock for reading within a time; false when the time was over.</summary>
    /// <inheritdoc cref="LockForReading(UserReaderWriterLock)" path="/exception"/>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    public WaitOperation LockForReading(UserReaderWriterLock rwLock, TimeSpan timeout) => Wait(rwLock?.Reading, timeout);

    /// <summary>Takes a lock for writing.</summary>
    /// <exception cref="SynchronizationLockException">The thread holds the lock, for reading or for writing.</exception>
    /// <exception cref="UserThreadCancelledException">The thread was cancelled; it has not taken the lock.</exception>
    public Operation LockForWriting(UserReaderWriterLock rwLock)
    {
        ArgumentNullException.ThrowIfNull(rwLock);
        return new Operation(Thread, rwLock.Writing);
    }

    /// <summary>Takes a lock for writing within a time; false when the time was over.</summary>
    /// <inheritdoc cref="LockForWriting(UserReaderWriterLock)" path="/exception"/>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    public WaitOperation LockForWriting(UserReaderWriterLock rwLock, TimeSpan timeout) => Wait(rwLock?.Writing, timeout);

    /// <summary>Gives a lock back, whichever way the thread holds it.</summary>
    /// <exception cref="SynchronizationLockException">The thread does not hold the lock.</exception>
    public void Unlock(UserReaderWriterLock rwLock)
    {
        ArgumentNullException.ThrowIfNull(rwLock);
        using var core = new InCore(Thread);
        rwLock.Release(Thread);
    }

    /// <summary>Waits until as many threads have come as the barrier wants. True for one of them, the last to come.</summary>
    /// <exception cref="UserThreadCancelledException">The thread was cancelled; it does not count as having come.</exception>
    public WaitOperation Wait(UserBarrier barrier) => Wait(barrier, Timeout.InfiniteTimeSpan);

    /// <summary>Waits until a latch has been counted down to 0.</summary>
    /// <exception cref="UserThreadCancelledException">The thread was cancelled.</exception>
    public Operation Wait(UserLatch latch)
    {
        ArgumentNullException.ThrowIfNull(latch);
        return new Operation(Thread, latch);
    }

    /// <summary>Waits until a latch has been counted down to 0, for so long at most; false when the time was over.</summary>
    /// <inheritdoc cref="Wait(UserLatch)" path="/exception"/>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    public WaitOperation Wait(UserLatch latch, TimeSpan timeout) => Wait((IWaitable)latch, timeout);

    /// <summary>Counts a latch down.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number of steps is not positive.</exception>
    /// <exception cref="InvalidOperationException">The latch lacks less.</exception>
    public void CountDown(UserLatch latch, int steps = 1)
    {
        ArgumentNullException.ThrowIfNull(latch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        using var core = new InCore(Thread);
        latch.CountDown(Thread, steps);
    }

    /// <summary>Destroys what nobody shall use any more: using it is an error from then on. An object need not be destroyed.</summary>
    /// <exception cref="SynchronizationLockException">Somebody holds it or waits for it (POSIX: undefined, or <c>EBUSY</c>). Nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">It was destroyed before (POSIX: undefined).</exception>
    public void Destroy(SynchronizationObject synchronization)
    {
        ArgumentNullException.ThrowIfNull(synchronization);
        using var core = new InCore(Thread);
        synchronization.Destroy();
    }

    private WaitOperation Wait(IWaitable? waitable, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(waitable);
        return new WaitOperation(Thread, waitable, Thread.Scheduler.Deadline(timeout));
    }

    private bool TryTake(IWaitable waitable)
    {
        using var core = new InCore(Thread);
        return waitable.TryTake(Thread);
    }
}
