namespace SchedulerActivations.CoreThreads;

/// <summary>
/// Ready-made queues of user threads, one for each virtual processor, from which the others may steal. Each has a newest
/// and an oldest end. Every queue has a lock of its own, which is not taken where there is one virtual processor only: so a
/// policy with a lock for each virtual processor can share them.
/// </summary>
/// <example>
/// <code>
/// protected override void OnReady(UserThread thread, ReadyReason reason) => _ready.EnqueueNewest(Here, thread);
/// protected override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.DequeueNewest(vp) ?? _ready.Steal(vp);
/// </code>
/// </example>
public sealed class StealingQueues
{
    private Place[]? _places;

    /// <summary>Number of threads in the queue of a virtual processor; by now it may be another one.</summary>
    public int Count(VirtualProcessor vp) => PlaceOf(vp).Threads.Count;

    /// <summary>Adds a thread at the newest end.</summary>
    /// <exception cref="InvalidOperationException">The thread already stands in a queue.</exception>
    public void EnqueueNewest(VirtualProcessor vp, UserThread thread)
    {
        var place = PlaceOf(vp);
        place.Lock.Enter();
        try { place.Threads.Enqueue(thread); }
        finally { place.Lock.Exit(); }
    }

    /// <summary>Adds a thread at the oldest end, where it runs after the others and is stolen first.</summary>
    /// <exception cref="InvalidOperationException">The thread already stands in a queue.</exception>
    public void EnqueueOldest(VirtualProcessor vp, UserThread thread)
    {
        var place = PlaceOf(vp);
        place.Lock.Enter();
        try { place.Threads.EnqueueFirst(thread); }
        finally { place.Lock.Exit(); }
    }

    /// <summary>Takes the newest thread of a virtual processor; null when it has none.</summary>
    public UserThread? DequeueNewest(VirtualProcessor vp)
    {
        var place = PlaceOf(vp);
        place.Lock.Enter();
        var thread = place.Threads.DequeueLast();
        place.Lock.Exit();
        return thread;
    }

    /// <summary>Takes the oldest thread of a virtual processor; null when it has none.</summary>
    public UserThread? DequeueOldest(VirtualProcessor vp)
    {
        var place = PlaceOf(vp);
        place.Lock.Enter();
        var thread = place.Threads.Dequeue();
        place.Lock.Exit();
        return thread;
    }

    /// <summary>Takes the oldest thread of another virtual processor, of the next one that has any; null when none has.</summary>
    public UserThread? Steal(VirtualProcessor thief)
    {
        var processors = thief.Scheduler.VirtualProcessors;
        for (var i = 1; i < processors.Count; i++)
        {
            var victim = processors[(thief.Number + i) % processors.Count];
            // A look without the lock: a thread that comes just now is told of by whoever brings it.
            if (Count(victim) > 0 && DequeueOldest(victim) is { } stolen) return stolen;
        }
        return null;
    }

    private Place PlaceOf(VirtualProcessor vp) => (_places ?? MakePlaces(vp.Scheduler))[vp.Number];

    // Whichever virtual processor comes first makes them for all.
    private Place[] MakePlaces(Scheduler scheduler)
    {
        var count = scheduler.VirtualProcessors.Count;
        Interlocked.CompareExchange(ref _places, [.. Enumerable.Range(0, count).Select(_ => new Place(count > 1))], null);
        return _places;
    }

    private sealed class Place(bool shared)
    {
        public readonly CoreLock Lock = new(shared);
        public readonly ThreadQueue Threads = new();
    }
}
