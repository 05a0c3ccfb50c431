using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Machines;

/// <summary>
/// What stands below the core thread system during one run: a kernel, real or simulated. The core tells time by it,
/// has the work of user threads done by it, and learns from it what blocked and unblocked.
/// </summary>
internal abstract class Kernel
{
    private long _coarseNow;

    /// <summary>Nanoseconds since the start of the run.</summary>
    public abstract long Now { get; }

    /// <summary>As <see cref="Now"/>, cheaper, for one who has seen nothing of other OS threads since he last asked.</summary>
    public virtual long UnfencedNow => Now;

    /// <summary>Whether one OS thread does everything and time passes only between its steps: nothing runs in parallel, and reading the clock costs nothing.</summary>
    public abstract bool IsSimulated { get; }

    /// <summary>Whether a running thread is interrupted at the end of its quantum, which must be told when the thread is picked then.</summary>
    public abstract bool InterruptsThreads { get; }

    /// <summary>As <see cref="Now"/>, cheaper and a few milliseconds old: for the watchdog.</summary>
    public long CoarseNow
    {
        get => Volatile.Read(ref _coarseNow);
        protected set => Volatile.Write(ref _coarseNow, value);
    }

    /// <summary>A thread has reached the first instruction of an event's handler; called in the core.</summary>
    public virtual void Handled(UserThread thread, long due, long now) { }

    /// <summary>Computes on the spot for so much work; false where computing takes a request (a simulated machine).</summary>
    public abstract bool Compute(UserThread thread, long nanoseconds);

    /// <summary>Throws where a user thread cannot await a task from outside the run.</summary>
    public abstract void CheckForeignAwait();

    /// <summary>What a blocked thread waited for has happened; may be called from any OS thread, at any time.</summary>
    public abstract void Post(UserThread thread);

    /// <summary>The virtual processor has something to look at: wakes it if it idles, else it looks at its next safepoint.</summary>
    public abstract void Notify(VirtualProcessor vp);
}
