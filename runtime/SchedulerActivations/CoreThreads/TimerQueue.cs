namespace SchedulerActivations.CoreThreads;

/// <summary>
/// Threads in the order of the time at which each wants to be woken; of equal ones the first to come is the first to go.
/// A binary heap in which every thread knows its place, so that a wait that ends before its time-out leaves nothing behind.
/// </summary>
internal sealed class TimerQueue
{
    private (long Due, long Order, UserThread Thread)[] _heap = new (long, long, UserThread)[16];
    private long _order;

    public int Count { get; private set; }

    public UserThread? First => Count == 0 ? null : _heap[0].Thread;

    /// <summary>When the first thread wants to be woken; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextDue => Count == 0 ? long.MaxValue : _heap[0].Due;

    public void Enqueue(UserThread thread, long due)
    {
        if (Count == _heap.Length) Array.Resize(ref _heap, 2 * Count);
        MoveUp(Count++, (due, _order++, thread));
    }

    /// <summary>Takes a thread out; false when it is not in.</summary>
    public bool Remove(UserThread thread)
    {
        if (thread.TimerPlace == 0) return false;
        var place = thread.TimerPlace - 1;
        thread.TimerPlace = 0;
        var last = _heap[--Count];
        _heap[Count] = default;
        if (place == Count) return true;
        if (place > 0 && IsBefore(last, _heap[(place - 1) / 2])) MoveUp(place, last);
        else MoveDown(place, last);
        return true;
    }

    private void MoveUp(int place, (long Due, long Order, UserThread Thread) entry)
    {
        for (; place > 0 && IsBefore(entry, _heap[(place - 1) / 2]); place = (place - 1) / 2) Put(place, _heap[(place - 1) / 2]);
        Put(place, entry);
    }

    private void MoveDown(int place, (long Due, long Order, UserThread Thread) entry)
    {
        while (true)
        {
            var child = (2 * place) + 1;
            if (child + 1 < Count && IsBefore(_heap[child + 1], _heap[child])) child++;
            if (child >= Count || !IsBefore(_heap[child], entry)) break;
            Put(place, _heap[child]);
            place = child;
        }
        Put(place, entry);
    }

    private void Put(int place, (long Due, long Order, UserThread Thread) entry)
    {
        _heap[place] = entry;
        entry.Thread.TimerPlace = place + 1;
    }

    private static bool IsBefore((long Due, long Order, UserThread Thread) one, (long Due, long Order, UserThread Thread) other) =>
        one.Due < other.Due || (one.Due == other.Due && one.Order < other.Order);
}
