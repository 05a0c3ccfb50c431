using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// What carries a user thread's own code: an activation of a real machine, or a simulation. The code passes here each
/// time it enters the core and leaves it.
/// </summary>
internal abstract class Carrier
{
    // Threads that join each other on one stack have a quarter of its megabyte (LinuxKernel.StartThread); the uppermost has the rest.
    private const int StackOfLenders = 256 << 10;

    [ThreadStatic]
    private static Carrier? s_current;

    private readonly ThreadTable _threads;
    private readonly CoreLock _coreLock;

    // The slot of the user thread whose own code runs on it, which has not always a virtual processor.
    private int _running;

    private nint _stackLimit;

    // Is inside the core and not in a user thread's own code; written by the carrier only.
    private protected volatile bool _inCore = true;

    // Why entering the core takes more than a note of it: in one word, so that a thread asks for all of it in one look.
    private volatile SlowWay _slowWay;

    protected Carrier(Scheduler scheduler)
    {
        _threads = scheduler.Live;
        _coreLock = scheduler.Lock;
        _slowWay = _coreLock.IsShared ? SlowWay.Shared : SlowWay.None;
    }

    [Flags]
    private enum SlowWay
    {
        None = 0,
        // The core's lock is to be taken; for the whole run.
        Shared = 1,
        Detached = 2,
    }

    // Has lost its virtual processor while its user thread was in the kernel, or may lose it at any moment.
    private protected bool Detached
    {
        get => (_slowWay & SlowWay.Detached) != 0;
        set => _slowWay = value ? _slowWay | SlowWay.Detached : _slowWay & ~SlowWay.Detached;
    }

    /// <summary>The user thread whose own code calls this.</summary>
    /// <exception cref="InvalidOperationException">No user thread's code calls it.</exception>
    public static UserThread CurrentThread => s_current?.Running ?? throw new InvalidOperationException(s_current?.Uppermost is null
        ? "An 'async UserTask' method runs on a user thread only: start it with Spawn or from a workload."
        : "The thread already waits for another one's end: a user thread awaits one call at a time. Await it, or Spawn a thread.");

    /// <summary>Whether it is the thread's own code that calls this.</summary>
    public static bool Runs(UserThread thread) => s_current is { } carrier && carrier._running == thread.Slot;

    /// <summary>The user thread whose own code runs on it; null while it does the core's work, and while threads leave its stack.</summary>
    internal UserThread? Running
    {
        get => _threads[_running];
        set => _running = value?.Slot ?? 0;
    }

    // Of several threads on its stack the uppermost, once it has ended or been suspended: all leave the stack then, and the loop
    // that began the lowest goes on with this one.
    internal volatile UserThread? Uppermost;

    /// <summary>Whether there is enough of the stack left for one more thread.</summary>
    public bool HasStack => StackAddress > _stackLimit;

    private static unsafe nint StackAddress
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            byte here;
            return (nint)(&here);
        }
    }

    /// <summary>It has the calling OS thread from now on.</summary>
    protected void TakeThread()
    {
        s_current = this;
        _stackLimit = StackAddress - StackOfLenders;
    }

    /// <summary>
    /// The user thread on this carrier begins an operation. Returns as the carrier of the thread's virtual processor: where
    /// the thread has lost that meanwhile, it waits until the policy has given it one again.
    /// </summary>
    public void Enter(UserThread thread)
    {
        // Partner: whoever takes the virtual processor away (Machines/Stock/Activation.TakeOver.cs has the race).
        _inCore = true;
        if (Detached) Reattach(Running ?? thread);
    }

    /// <summary>What ran on it has left its stack: the thread that the loop has to go on with.</summary>
    protected UserThread TakeUppermost()
    {
        var thread = Uppermost!;
        Uppermost = null;
        return thread;
    }

    /// <summary>As <see cref="Enter"/>, and takes the core's lock: for the thread's own code.</summary>
    public void EnterCore(UserThread thread)
    {
        _inCore = true;
        if (_slowWay != SlowWay.None) EnterSlowly(thread);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterSlowly(UserThread thread)
    {
        if (Detached) Reattach(Running ?? thread);
        _coreLock.Enter();
    }

    /// <summary>The partner of <see cref="EnterCore"/>.</summary>
    public void LeaveCore()
    {
        if ((_slowWay & SlowWay.Shared) != 0) _coreLock.Exit();
        Leave();
    }

    /// <summary>The user thread's own code goes on.</summary>
    public void Leave()
    {
        _inCore = false;
        if (Detached) Unlock();
    }

    // The thread may run without a virtual processor: waits for one.
    private protected abstract void Reattach(UserThread thread);

    // The virtual processor may be taken again. Also called while somebody only tries to take it.
    private protected virtual void Unlock() { }
}
