namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A gate that opens when it has been counted down to 0, and stays open: threads wait until so many things have happened.
/// </summary>
/// <remarks>POSIX has none; as <c>std::latch</c> of C++20, but counting below 0 is an error and not undefined.</remarks>
public sealed class UserLatch : SynchronizationObject, IWaitable
{
    private readonly ThreadQueue _waiters = new(ofCore: true);

    /// <summary>Makes a latch.</summary>
    /// <param name="count">How many things must happen; a latch of 0 is open.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public UserLatch(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count;
    }

    /// <summary>How many things must still happen.</summary>
    public int Count { get; private set; }

    private protected override string? Use => Waiting(_waiters);

    bool IWaitable.TryTake(UserThread thread) => EndsWait(thread) || Count == 0;

    void IWaitable.AddWaiter(UserThread thread) => _waiters.Enqueue(thread);

    bool IWaitable.RemoveWaiter(VirtualProcessor vp, UserThread thread)
    {
        _waiters.Remove(thread);
        return true;
    }

    string IWaitable.Describe() => $"a latch that lacks {Count}";

    internal void CountDown(UserThread by, int steps)
    {
        CheckUsable();
        if (steps > Count) throw new InvalidOperationException($"The latch lacks {Count} and cannot be counted down by {steps}.");
        Count -= steps;
        if (Count > 0) return;
        while (_waiters.Dequeue() is { } waiter) by.Scheduler.Announce(by, waiter);
    }
}
