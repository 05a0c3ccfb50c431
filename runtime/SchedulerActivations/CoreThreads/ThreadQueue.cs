namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A ready-made queue of user threads, first in first out. Links live in the threads, so nothing is allocated; a thread
/// stands in one queue at most.
/// </summary>
public sealed class ThreadQueue
{
    private UserThread? _first, _last;

    /// <summary>Number of threads in the queue.</summary>
    public int Count { get; private set; }

    /// <summary>The thread that <see cref="Dequeue"/> would give, or null when the queue is empty.</summary>
    public UserThread? First => _first;

    /// <summary>Adds a thread at the end.</summary>
    /// <exception cref="InvalidOperationException">The thread already stands in a queue.</exception>
    public void Enqueue(UserThread thread)
    {
        Claim(thread);
        thread.Previous = _last;
        if (_last is null) _first = thread;
        else _last.Next = thread;
        _last = thread;
    }

    /// <summary>Adds a thread at the front.</summary>
    /// <exception cref="InvalidOperationException">The thread already stands in a queue.</exception>
    public void EnqueueFirst(UserThread thread)
    {
        Claim(thread);
        thread.Next = _first;
        if (_first is null) _last = thread;
        else _first.Previous = thread;
        _first = thread;
    }

    /// <summary>Takes the first thread; null when the queue is empty.</summary>
    public UserThread? Dequeue()
    {
        var thread = _first;
        if (thread is null) return null;
        _first = thread.Next;
        if (_first is null) _last = null;
        else _first.Previous = null;
        Release(thread);
        return thread;
    }

    /// <summary>Takes a thread out, wherever it stands; false when it is not in this queue.</summary>
    public bool Remove(UserThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        if (thread.Queue != this) return false;
        if (thread.Previous is null) _first = thread.Next;
        else thread.Previous.Next = thread.Next;
        if (thread.Next is null) _last = thread.Previous;
        else thread.Next.Previous = thread.Previous;
        Release(thread);
        return true;
    }

    private void Claim(UserThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        if (thread.Queue is not null)
            throw new InvalidOperationException($"Thread {thread} already stands in a queue; a thread is in one queue at most.");
        thread.Queue = this;
        Count++;
    }

    private void Release(UserThread thread)
    {
        thread.Queue = null;
        thread.Next = thread.Previous = null;
        Count--;
    }
}
