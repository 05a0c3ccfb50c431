namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A ready-made queue of user threads in ascending order of a key (a virtual time, a deadline, a negated priority);
/// threads with equal keys leave in the order in which they came.
/// </summary>
/// <typeparam name="TKey">What the threads are ordered by.</typeparam>
public sealed class OrderedThreadQueue<TKey> where TKey : IComparable<TKey>
{
    private readonly PriorityQueue<UserThread, (TKey Key, long Order)> _threads = new();
    private long _order;

    /// <summary>Number of threads in the queue.</summary>
    public int Count => _threads.Count;

    /// <summary>The thread that <see cref="Dequeue"/> would give, or null when the queue is empty.</summary>
    public UserThread? First => _threads.TryPeek(out var thread, out _) ? thread : null;

    /// <summary>Adds a thread under its key; a later change of the key does not move it.</summary>
    public void Enqueue(UserThread thread, TKey key) => _threads.Enqueue(thread, (key, _order++));

    /// <summary>Takes the thread with the smallest key; null when the queue is empty.</summary>
    public UserThread? Dequeue() => _threads.TryDequeue(out var thread, out _) ? thread : null;

    /// <summary>Takes a thread out, wherever it stands; false when it is not in this queue. Takes time in proportion to the queue's length.</summary>
    public bool Remove(UserThread thread)
    {
        var others = _threads.UnorderedItems.Where(each => each.Element != thread).ToList();
        if (others.Count == _threads.Count) return false;
        _threads.Clear();
        _threads.EnqueueRange(others);
        return true;
    }
}
