namespace SchedulerActivations.CoreThreads;

/// <summary>Something that a user thread can wait for. All members run in the core.</summary>
internal interface IWaitable
{
    /// <summary>
    /// Takes what the thread wants, if it can be had at once. Asked twice: by the thread's own code, where it may throw
    /// on misuse, and again when the thread has left its virtual processor, where it may not.
    /// </summary>
    bool TryTake(UserThread thread);

    /// <summary>Takes the thread in as a waiter; whoever ends the wait makes it ready.</summary>
    void AddWaiter(UserThread thread);

    /// <summary>
    /// The wait is ended by its time-out or by a cancellation. True when the thread can go on; false when it must
    /// wait for something else first (a mutex that it has to hold again).
    /// </summary>
    bool RemoveWaiter(VirtualProcessor vp, UserThread thread);

    /// <summary>What a waiting thread waits for, for the report of a deadlock: <c>a mutex that b holds</c>.</summary>
    string Describe();
}
