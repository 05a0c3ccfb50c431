namespace SchedulerActivations.CoreThreads;

/// <summary>What a user thread asks for when it leaves its virtual processor.</summary>
internal enum Request : byte
{
    /// <summary>Nothing: the thread has ended.</summary>
    None,
    /// <summary>To run again after the others.</summary>
    Yield,
    /// <summary>Nothing for itself: the core has something to do, then the thread may go on.</summary>
    Safepoint,
    /// <summary>To wait for another user thread, until <see cref="UserThread.RequestTime"/> at most; <see cref="UserThread.RequestObject"/> is the <see cref="IWaitable"/>.</summary>
    Wait,
    /// <summary>To sleep until <see cref="UserThread.RequestTime"/>.</summary>
    Sleep,
    /// <summary>To wait for a task that completes outside the run; <see cref="UserThread.RequestObject"/> is the <see cref="ForeignAwait"/>.</summary>
    Foreign,
    /// <summary>To compute for <see cref="UserThread.RequestTime"/> nanoseconds (simulated machines only: the others compute at once).</summary>
    Compute,
    /// <summary>To read an event; <see cref="UserThread.RequestObject"/> is the port, <see cref="UserThread.RequestTime"/> the event's due time.</summary>
    Read,
    /// <summary>To make a call that may block; <see cref="UserThread.RequestObject"/> is the <see cref="Action"/>.</summary>
    Call,
    /// <summary>Nothing any more: it waits already, for a thread that was begun above it on its carrier's stack. Only as <see cref="UserThread.SuspendAs"/>.</summary>
    Lend,
}
