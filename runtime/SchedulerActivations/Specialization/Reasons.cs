namespace SchedulerActivations.Specialization;

/// <summary>Why a thread became ready.</summary>
public enum ReadyReason : byte
{
    /// <summary>It was just created.</summary>
    Created,
    /// <summary>It gave up its virtual processor of its own will.</summary>
    Yielded,
    /// <summary>The kernel reported that its system call can go on, or its sleep is over.</summary>
    Unblocked,
    /// <summary>Another user thread gave it what it waited for: a mutex, the end of a joined thread.</summary>
    Signaled,
    /// <summary>Its virtual processor was taken for another thread, or its quantum is over.</summary>
    Preempted,
}

/// <summary>Why a thread blocked.</summary>
public enum BlockReason : byte
{
    /// <summary>A system call blocked in the kernel (reading a port, or a call of the thread's own).</summary>
    SystemCall,
    /// <summary>It sleeps.</summary>
    Sleep,
    /// <summary>It waits for another user thread: a mutex, a join.</summary>
    Synchronization,
    /// <summary>It awaits a <see cref="Task"/> that completes outside the run.</summary>
    ForeignTask,
}
