using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A ready-made queue of user threads, first in first out; a thread stands in one queue at most. All members take
/// constant time, and nothing is allocated once the queue has been as long as it gets.
/// </summary>
public sealed class ThreadQueue
{
    private static int _queues;

    // A ring of a power of two places. Places are numbered without end; a thread knows where it stands (the number of its queue
    // and, in the lower half, of its place), so that it can leave from the middle: what is read in a place counts if its thread
    // says that it stands there.
    private readonly ulong _number;
    private readonly bool _ofCore;
    private ThreadTable? _table;
    private int[] _ring = [];
    private uint _first, _end;

    // Places that a thread has left from the middle.
    private int _holes;

    /// <summary>An empty queue, for the threads of one run at a time.</summary>
    public ThreadQueue() : this(ofCore: false) { }

    /// <param name="ofCore">Whether threads that stand in it wait for something in the core: they may stand in a policy's queue beside.</param>
    internal ThreadQueue(bool ofCore)
    {
        _number = (ulong)(uint)Interlocked.Increment(ref _queues) << 32;
        _ofCore = ofCore;
    }

    /// <summary>Number of threads in the queue.</summary>
    public int Count => (int)(_end - _first) - _holes;

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
    /// <exception cref="InvalidOperationException">The thread has not been started or already stands in a queue, or those in this queue belong to another run.</exception>
    public void Enqueue(UserThread thread)
    {
        if (MayEnter(thread)) Put(thread, _end++);
        else LetEnterAtEnd(thread);
    }

    /// <summary>Adds a thread at the front.</summary>
    /// <exception cref="InvalidOperationException">The thread has not been started or already stands in a queue, or those in this queue belong to another run.</exception>
    public void EnqueueFirst(UserThread thread)
    {
        if (!MayEnter(thread)) LetEnter(thread);
        Put(thread, --_first);
    }

    /// <summary>Takes the first thread; null when the queue is empty.</summary>
    public UserThread? Dequeue()
    {
        while (_first != _end)
        {
            if (Leave(_first++) is { } thread) return thread;
        }
        return null;
    }

    /// <summary>
    /// Adds a thread at the end and takes the first one, which is the same thread when there is no other. Only for the core, whose
    /// queue has threads of its own run alone: there is nothing to check and always room.
    /// </summary>
    /// <remarks>A yield consists of this for a third: the ring is read and written by hand, which takes half a nanosecond less than by At and Put.</remarks>
    internal UserThread Rotate(UserThread thread)
    {
        var (first, end, ring) = (_first, _end, _ring);
        if (first == end) return thread;
        var mask = (uint)(ring.Length - 1);
        var next = _table![ring[(int)(first & mask)]];
        if (next is null || next.Standing != (_number | first)) return RotatePastHoles(thread);
        (_first, _end) = (first + 1, end + 1);
        next.Standing = 0;
        thread.Standing = _number | end;
        ring[(int)(end & mask)] = thread.Slot;
        return next;
    }

    /// <summary>As <see cref="Enqueue"/>, for the core as <see cref="Rotate"/> is.</summary>
    internal void Append(UserThread thread)
    {
        if (_end - _first != (uint)_ring.Length) Put(thread, _end++);
        else LetEnterAtEnd(thread);
    }

    /// <summary>Takes the last thread; null when the queue is empty.</summary>
    public UserThread? DequeueLast()
    {
        while (_first != _end)
        {
            if (Leave(--_end) is { } thread) return thread;
        }
        return null;
    }

    /// <summary>Takes a thread out, wherever it stands; false when it is not in this queue.</summary>
    public bool Remove(UserThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        ref var standing = ref Standing(thread);
        if ((standing ^ _number) > uint.MaxValue) return false;
        var place = (uint)standing;
        standing = 0;
        _holes++;
        // No holes at the front, where they would be passed again and again; nor at the end, where whoever comes next can stand.
        if (place == _first)
        {
            while (_first != _end && At(_first) is null)
            {
                _first++;
                _holes--;
            }
        }
        else if (place == _end - 1)
        {
            while (_first != _end && At(_end - 1) is null)
            {
                _end--;
                _holes--;
            }
        }
        return true;
    }

    /// <summary>Whether a thread stands in it.</summary>
    internal bool Holds(UserThread thread) => (Standing(thread) ^ _number) <= uint.MaxValue;

    /// <summary>Has a thread that stands in it go first.</summary>
    internal void MoveFirst(UserThread thread)
    {
        Remove(thread);
        EnqueueFirst(thread);
    }

    /// <summary>
    /// Takes a thread out of whatever queue of a policy it stands in, on behalf of one that is not asked any more: its queue
    /// passes over the thread and counts wrongly from here on.
    /// </summary>
    internal static void Forget(UserThread thread)
    {
        thread.Standing = 0;
        // A ready one that stands in a queue of the core's goes first, which it does no more.
        if (thread.State == UserThreadState.Ready) thread.Waiting = 0;
    }

    /// <summary>The threads in their order; the queue may not change meanwhile.</summary>
    internal Walk Threads => new(this);

    private ref ulong Standing(UserThread thread) => ref _ofCore ? ref thread.Waiting : ref thread.Standing;

    private int Index(uint place) => (int)(place & (uint)(_ring.Length - 1));

    // The thread that stands at a place; null where one has left.
    private UserThread? At(uint place)
    {
        var thread = _table![_ring[Index(place)]];
        return thread is not null && Standing(thread) == (_number | place) ? thread : null;
    }

    // The thread at a place at one of the ends, which is no place of the queue any more.
    private UserThread? Leave(uint place)
    {
        if (At(place) is not { } thread)
        {
            _holes--;
            return null;
        }
        Standing(thread) = 0;
        return thread;
    }

    private bool MayEnter(UserThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        return Standing(thread) == 0 && thread.IsStarted && thread.Scheduler.Live == _table && _end - _first != (uint)_ring.Length;
    }

    // A method of its own, so that what is usual keeps everything in registers; as the next.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private UserThread RotatePastHoles(UserThread thread)
    {
        Append(thread);
        return Dequeue()!;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LetEnterAtEnd(UserThread thread)
    {
        LetEnter(thread);
        Put(thread, _end++);
    }

    private void LetEnter(UserThread thread)
    {
        if (!thread.IsStarted) throw new InvalidOperationException($"Thread {thread} has not been started: a queue is for threads of a run.");
        if (Standing(thread) != 0) throw new InvalidOperationException($"Thread {thread} already stands in a queue; a thread is in one queue at most.");
        if (thread.Scheduler.Live != _table) Adopt(thread.Scheduler.Live);
        if (_end - _first == (uint)_ring.Length) MakeRoom();
    }

    private void Put(UserThread thread, uint place)
    {
        Standing(thread) = _number | place;
        _ring[Index(place)] = thread.Slot;
    }

    private void Adopt(ThreadTable table)
    {
        if (Count > 0) throw new InvalidOperationException("The threads in a queue belong to one run; this queue still has some of another.");
        _table = table;
        (_first, _holes) = (_end, 0);
    }

    // Closes the holes where half of the places are holes; else there are twice the places. A place keeps its number in the
    // longer ring; and a thread that moves up does so to a place that has been read already.
    private void MakeRoom()
    {
        if (Count < _ring.Length / 2)
        {
            var end = _first;
            foreach (var thread in Threads) Put(thread, end++);
            _end = end;
            _holes = 0;
            return;
        }
        var longer = new int[Math.Max(4, 2 * _ring.Length)];
        foreach (var thread in Threads) longer[(uint)Standing(thread) & (uint)(longer.Length - 1)] = thread.Slot;
        _ring = longer;
    }

    internal ref struct Walk(ThreadQueue queue)
    {
        private uint _place = queue._first;
        private UserThread? _current;

        public readonly Walk GetEnumerator() => this;

        public readonly UserThread Current => _current!;

        public bool MoveNext()
        {
            while (_place != queue._end)
            {
                _current = queue.At(_place++);
                if (_current is not null) return true;
            }
            return false;
        }
    }
}
