namespace SchedulerActivations.CoreThreads;

/// <summary>
/// Mutual exclusion among user threads. Waiters get it in the order in which they came; a waiting thread costs no
/// kernel thread. Taken and given back by <see cref="ThreadContext.Lock(UserMutex)"/> and <see cref="ThreadContext.Unlock(UserMutex)"/>.
/// </summary>
/// <remarks>
/// As POSIX's error-checking mutex (<c>PTHREAD_MUTEX_ERRORCHECK</c>): locking it twice and unlocking another's are errors.
/// It is handed over, so nobody overtakes a waiter. A thread that ends with a mutex keeps it,
/// as POSIX's does unless it is robust; the report of a deadlock says so.
/// </remarks>
/// <param name="passesPriority">
/// Whether its owner is at least as urgent as the most urgent thread that waits for it (POSIX: <c>PTHREAD_PRIO_INHERIT</c>).
/// The most urgent waiter gets it first then, of equals the one that came first.
/// </param>
public sealed class UserMutex(bool passesPriority = false) : SynchronizationObject, IWaitable
{
    // Whether taking it and giving it back need more than a note of it: in one word, so that a thread asks for all of it in one look.
    private Marks _marks = passesPriority ? Marks.PassesPriority : Marks.None;

    // Who holds it, or did last: who takes it again need not be written, which the collector makes dear.
    private UserThread? _holder;

    private readonly ThreadQueue _waiters = new(ofCore: true);

    [Flags]
    private enum Marks
    {
        None = 0,
        Held = 1,
        Waited = 2,
        PassesPriority = 4,
        Destroyed = 8,
    }

    /// <summary>The thread that holds it, or null.</summary>
    public UserThread? Owner => (_marks & Marks.Held) != 0 ? _holder : null;

    /// <summary>Whether its owner inherits its waiters' priority.</summary>
    public bool PassesPriority => (_marks & Marks.PassesPriority) != 0;

    internal UserMutex? NextHeld { get; private set; }

    /// <summary>The waiter that gets it next; where priorities are passed on, the most urgent one.</summary>
    internal UserThread? MostUrgent
    {
        get
        {
            var most = _waiters.First;
            if (!PassesPriority) return most;
            foreach (var waiter in _waiters.Threads)
                if (waiter.Priority > most!.Priority) most = waiter;
            return most;
        }
    }

    private protected override string? Use => Owner is { } owner ? $"{owner.Name} holds it" : null;

    bool IWaitable.TryTake(UserThread thread) => TryTake(thread);

    void IWaitable.AddWaiter(UserThread thread) => AddWaiter(thread.VirtualProcessor, thread);

    bool IWaitable.RemoveWaiter(VirtualProcessor vp, UserThread thread)
    {
        StopWaiting(thread);
        if (PassesPriority) Owner?.Inherit(vp);
        return true;
    }

    string IWaitable.Describe() => Owner switch
    {
        null => "a mutex that nobody holds",
        { State: UserThreadState.Finished } owner => $"a mutex that {owner.Name} held when it ended",
        var owner => $"a mutex that {owner.Name} holds",
    };

    internal override void Destroy()
    {
        base.Destroy();
        _marks |= Marks.Destroyed;
    }

    /// <summary>Takes it where nothing has to be done but that; false where <see cref="TryTake"/> has to see.</summary>
    internal bool TryTakeFree(UserThread thread)
    {
        if (_marks != Marks.None) return false;
        _marks = Marks.Held;
        if (_holder != thread) _holder = thread;
        return true;
    }

    /// <summary>Gives it back where nothing has to be done but that; false where <see cref="Release"/> has to see.</summary>
    internal bool TryReleaseUnwaited(UserThread thread)
    {
        if (_marks != Marks.Held || _holder != thread) return false;
        _marks = Marks.None;
        return true;
    }

    internal bool TryTake(UserThread thread)
    {
        if (Owner == thread) throw new SynchronizationLockException($"Thread {thread.Name} holds the mutex already: it would wait for itself.");
        if (Owner is not null) return false;
        if (EndsWait(thread)) return true;
        Hold(thread);
        return true;
    }

    /// <summary>The thread waits for it; on a virtual processor that is in the core, which need not be that on which the thread last ran.</summary>
    internal void AddWaiter(VirtualProcessor vp, UserThread thread)
    {
        _waiters.Enqueue(thread);
        _marks |= Marks.Waited;
        if (PassesPriority) Owner?.Inherit(vp);
    }

    /// <summary>Gives the mutex back and on to the thread that waits for it and comes first, which is returned.</summary>
    internal UserThread? Release(UserThread thread)
    {
        CheckOwner(thread);
        if (PassesPriority) LetGo(thread);
        var next = _waiters.Count == 0 ? null : MostUrgent;
        if (next is null)
        {
            _marks &= ~Marks.Held;
            return null;
        }
        StopWaiting(next);
        Hold(next);
        return next;
    }

    internal void CheckOwner(UserThread thread)
    {
        CheckUsable();
        if (Owner != thread)
            throw new SynchronizationLockException($"Thread {thread.Name} does not hold the mutex; {(Owner is null ? "nobody does" : $"{Owner.Name} does")}.");
    }

    private void Hold(UserThread thread)
    {
        _marks |= Marks.Held;
        if (_holder != thread) _holder = thread;
        if (!PassesPriority) return;
        (NextHeld, thread.Held) = (thread.Held, this);
        thread.Inherit(thread.VirtualProcessor!);
    }

    private void StopWaiting(UserThread thread)
    {
        _waiters.Remove(thread);
        if (_waiters.Count == 0) _marks &= ~Marks.Waited;
    }

    private void LetGo(UserThread thread)
    {
        if (thread.Held == this) thread.Held = NextHeld;
        else
        {
            var before = thread.Held!;
            while (before.NextHeld != this) before = before.NextHeld!;
            before.NextHeld = NextHeld;
        }
        NextHeld = null;
        thread.Inherit(thread.VirtualProcessor!);
    }
}
