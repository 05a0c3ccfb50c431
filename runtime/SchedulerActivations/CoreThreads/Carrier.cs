namespace SchedulerActivations.CoreThreads;

/// <summary>
/// What carries a user thread's own code: an activation of a real machine, or a simulation. The code passes here each
/// time it enters the core and leaves it.
/// </summary>
/// <param name="threads">The threads of its run.</param>
internal abstract class Carrier(ThreadTable threads)
{
    [ThreadStatic]
    private static Carrier? s_current;

    // The slot of the user thread whose own code runs on it, which has not always a virtual processor.
    private int _running;

    // Is inside the core and not in a user thread's own code; written by the carrier only.
    private protected volatile bool _inCore = true;

    // Has lost its virtual processor while its user thread was in the kernel, or may lose it at any moment.
    private protected volatile bool _detached;

    /// <summary>The user thread whose own code calls this.</summary>
    /// <exception cref="InvalidOperationException">No user thread's code calls it.</exception>
    public static UserThread CurrentThread => s_current?.Running
        ?? throw new InvalidOperationException("An 'async UserTask' method runs on a user thread only: start it with Spawn or from a workload.");

    /// <summary>Whether it is the thread's own code that calls this.</summary>
    public static bool Runs(UserThread thread) => s_current is { } carrier && carrier._running == thread.Slot;

    /// <summary>The user thread whose own code runs on it; null while it does the core's work.</summary>
    protected UserThread? Running
    {
        get => threads[_running];
        set => _running = value?.Slot ?? 0;
    }

    /// <summary>It has the calling OS thread from now on.</summary>
    protected void TakeThread() => s_current = this;

    /// <summary>
    /// The user thread on this carrier begins an operation. Returns as the carrier of the thread's virtual processor: where
    /// the thread has lost that meanwhile, it waits until the policy has given it one again.
    /// </summary>
    public void Enter(UserThread thread)
    {
        // Partner: whoever takes the virtual processor away (Machines/Stock/Activation.TakeOver.cs has the race).
        _inCore = true;
        if (_detached) Reattach(thread);
    }

    /// <summary>The user thread's own code goes on.</summary>
    public void Leave()
    {
        _inCore = false;
        if (_detached) Unlock();
    }

    // The thread may run without a virtual processor: waits for one.
    private protected abstract void Reattach(UserThread thread);

    // The virtual processor may be taken again. Also called while somebody only tries to take it.
    private protected virtual void Unlock() { }
}
