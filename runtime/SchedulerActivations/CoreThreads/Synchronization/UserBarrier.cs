namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A place that threads pass together: each waits until so many have come, then the barrier starts anew.
/// </summary>
/// <remarks>
/// As POSIX's (<c>pthread_barrier_wait</c>): one thread of each round, here the last to come, is told that it is the one
/// (<c>PTHREAD_BARRIER_SERIAL_THREAD</c>). Unlike POSIX's, the wait can be cancelled; the thread then does not count as having come.
/// </remarks>
public sealed class UserBarrier : SynchronizationObject, IWaitable
{
    private readonly ThreadQueue _waiters = new(ofCore: true);

    /// <summary>Makes a barrier.</summary>
    /// <param name="participants">How many threads pass together.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive (POSIX: <c>EINVAL</c>).</exception>
    public UserBarrier(int participants)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(participants);
        Participants = participants;
    }

    /// <summary>How many threads pass together.</summary>
    public int Participants { get; }

    private protected override string? Use => Waiting(_waiters);

    bool IWaitable.TryTake(UserThread thread)
    {
        if (EndsWait(thread)) return true;
        if (_waiters.Count + 1 < Participants) return false;
        while (_waiters.Dequeue() is { } waiter)
        {
            waiter.Outcome = WaitOutcome.Released;
            thread.Scheduler.Announce(thread, waiter);
        }
        return true;
    }

    void IWaitable.AddWaiter(UserThread thread) => _waiters.Enqueue(thread);

    bool IWaitable.RemoveWaiter(VirtualProcessor vp, UserThread thread)
    {
        _waiters.Remove(thread);
        return true;
    }

    string IWaitable.Describe() => $"a barrier to which {_waiters.Count} of {Participants} have come";
}
