using System.Collections;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// The threads of a run that have not finished. Each has a slot of its own for as long as it lives: whoever keeps many threads
/// keeps their slots, which are cheaper to write than references (the collector has to hear of each of those) and half as long.
/// </summary>
/// <remarks>
/// Changed in the core only. A slot may be looked up outside of it by whoever knows that its thread lives: an array that
/// grows leaves behind one in which that thread stands, too.
/// </remarks>
internal sealed class ThreadTable : IReadOnlyCollection<UserThread>
{
    // Slot 0 is nobody's. In a structure each, because an array of references to a class that others derive from looks at the
    // class of what is written to it.
    private Place[] _threads = new Place[16];
    private int _end = 1;

    // Slots that have become free, the last first.
    private int[] _free = new int[16];
    private int _freed;

    public int Count => _end - 1 - _freed;

    /// <summary>The thread in a slot; null for slot 0 and for one that is free.</summary>
    public UserThread? this[int slot] => _threads[slot].Thread;

    public void Add(UserThread thread)
    {
        var slot = _freed > 0 ? _free[--_freed] : TakeNew();
        thread.Slot = slot;
        _threads[slot].Thread = thread;
    }

    public void Remove(UserThread thread)
    {
        if (_freed == _free.Length) Array.Resize(ref _free, 2 * _freed);
        _free[_freed++] = thread.Slot;
        _threads[thread.Slot].Thread = null;
    }

    public IEnumerator<UserThread> GetEnumerator()
    {
        for (var slot = 1; slot < _end; slot++)
            if (_threads[slot].Thread is { } thread) yield return thread;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int TakeNew()
    {
        if (_end == _threads.Length) Array.Resize(ref _threads, 2 * _end);
        return _end++;
    }

    private struct Place
    {
        public UserThread? Thread;
    }
}
