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
    private readonly ThreadQueue _waiters = new(ofCore: true);

    /// <summary>The thread that holds it, or null.</summary>
    public UserThread? Owner { get; private set; }

    /// <summary>Whether its owner inherits its waiters' priority.</summary>
    public bool PassesPriority { get; } = passesPriority;

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
        _waiters.Remove(thread);
        if (PassesPriority) Owner?.Inherit(vp);
        return true;
    }

    string IWaitable.Describe() => Owner switch
    {
        null => "a mutex that nobody holds",
        { State: UserThreadState.Finished } owner => $"a mutex that {owner.Name} held when it ended",
        var owner => $"a mutex that {owner.Name} holds",
    };

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
            Owner = null;
            return null;
        }
        _waiters.Remove(next);
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
        Owner = thread;
        if (!PassesPriority) return;
        (NextHeld, thread.Held) = (thread.Held, this);
        thread.Inherit(thread.VirtualProcessor!);
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
