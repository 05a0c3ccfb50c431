namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A ready-made queue of user threads, first in first out; a thread stands in one queue at most. All members take
/// constant time, and nothing is allocated once the queue has been as long as it gets.
/// </summary>
public sealed class ThreadQueue
{
    private static int _queues;

    // A ring of a power of two places. Places are numbered without end; a thread knows its own, so that it can be taken
    // out of the middle, where it leaves a hole. Each queue has a number, so that a thread need not refer to its queue:
    // references are dearer to write than numbers.
    private readonly int _number = Interlocked.Increment(ref _queues);
    private UserThread?[] _ring = [];
    private uint _first, _end;

    /// <summary>Number of threads in the queue.</summary>
    public int Count { get; private set; }

    /// <summary>The thread that <see cref="Dequeue"/> would give, or null when the queue is empty.</summary>
    public UserThread? First
    {
        get
        {
            foreach (var thread in Threads) return thread;
            return null;
        }
    }

    /// <summary>Adds a thread at the end.</summary>
    /// <exception cref="InvalidOperationException">The thread already stands in a queue.</exception>
    public void Enqueue(UserThread thread)
    {
        Claim(thread);
        Put(thread, _end++);
    }

    /// <summary>Adds a thread at the front.</summary>
    /// <exception cref="InvalidOperationException">The thread already stands in a queue.</exception>
    public void EnqueueFirst(UserThread thread)
    {
        Claim(thread);
        Put(thread, --_first);
    }

    /// <summary>Takes the first thread; null when the queue is empty.</summary>
    public UserThread? Dequeue()
    {
        while (_first != _end)
        {
            ref var place = ref _ring[Index(_first++)];
            if (place is not { } thread) continue;
            place = null;
            if (thread.QueueNumber != _number) continue;
            Release(thread);
            return thread;
        }
        return null;
    }

    /// <summary>Takes the last thread; null when the queue is empty.</summary>
    public UserThread? DequeueLast()
    {
        while (_first != _end)
        {
            ref var place = ref _ring[Index(--_end)];
            if (place is not { } thread) continue;
            place = null;
            if (thread.QueueNumber != _number) continue;
            Release(thread);
            return thread;
        }
        return null;
    }

    /// <summary>Takes a thread out, wherever it stands; false when it is not in this queue.</summary>
    public bool Remove(UserThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        if (thread.QueueNumber != _number) return false;
        _ring[Index(thread.QueuePlace)] = null;
        Release(thread);
        if (Count == 0) _first = _end;
        return true;
    }

    /// <summary>
    /// Takes a thread out of whatever queue it stands in, on behalf of a policy that is not asked any more: its queue
    /// passes over the thread and counts wrongly from here on.
    /// </summary>
    internal static void Forget(UserThread thread) => thread.QueueNumber = 0;

    /// <summary>The threads in their order; the queue may not change meanwhile.</summary>
    internal Walk Threads => new(this);

    private int Index(uint place) => (int)(place & (uint)(_ring.Length - 1));

    private void Claim(UserThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        if (thread.QueueNumber != 0)
            throw new InvalidOperationException($"Thread {thread} already stands in a queue; a thread is in one queue at most.");
        if (_end - _first == (uint)_ring.Length) MakeRoom();
        thread.QueueNumber = _number;
        Count++;
    }

    private void Put(UserThread thread, uint place)
    {
        thread.QueuePlace = place;
        _ring[Index(place)] = thread;
    }

    private void Release(UserThread thread)
    {
        thread.QueueNumber = 0;
        Count--;
    }

    // Twice the places, unless half of them are holes.
    private void MakeRoom()
    {
        var threads = new UserThread?[Count < _ring.Length / 2 ? _ring.Length : Math.Max(4, 2 * _ring.Length)];
        var count = 0;
        foreach (var thread in Threads)
        {
            thread.QueuePlace = (uint)count;
            threads[count++] = thread;
        }
        (_ring, _first, _end) = (threads, 0, (uint)count);
    }

    internal ref struct Walk(ThreadQueue queue)
    {
        private uint _place = queue._first - 1;

        public readonly Walk GetEnumerator() => this;

        public readonly UserThread Current => queue._ring[queue.Index(_place)]!;

        public bool MoveNext()
        {
            do _place++;
            while (_place != queue._end && queue._ring[queue.Index(_place)]?.QueueNumber != queue._number);
            return _place != queue._end;
        }
    }
}
