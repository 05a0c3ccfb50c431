namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A lock of the core's; not taken where there is one virtual processor only. It belongs to a virtual processor and not to
/// an OS thread: when a policy's callback hangs, another activation carries the virtual processor on, lock and all.
/// </summary>
/// <param name="shared">Whether there are several virtual processors.</param>
internal sealed class CoreLock(bool shared)
{
    private int _taken;

    /// <summary>Whether it is ever taken.</summary>
    public bool IsShared => shared;

    public void Enter()
    {
        if (shared) Take();
    }

    public void Exit()
    {
        if (shared) Volatile.Write(ref _taken, 0);
    }

    private void Take()
    {
        // Partner: Exit's release. Held for a few hundred nanoseconds, so spinning comes first. Whoever must wait for long
        // sleeps: the holder may wait for a thread that the patched kernel has stopped, and lets run when this one sleeps.
        if (Interlocked.CompareExchange(ref _taken, 1, 0) == 0) return;
        var spinner = new SpinWait();
        do spinner.SpinOnce(sleep1Threshold: 100);
        while (Volatile.Read(ref _taken) != 0 || Interlocked.CompareExchange(ref _taken, 1, 0) != 0);
    }
}
