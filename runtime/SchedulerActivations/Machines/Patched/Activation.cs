using SchedulerActivations.CoreThreads;
using SchedulerActivations.Machines.Linux;

namespace SchedulerActivations.Machines.Patched;

/// <summary>
/// An activation of the patched machine: an OS thread that the kernel launches to carry a virtual processor. A user
/// thread's own code stands on its stack while it runs, while it is blocked in the kernel, and while it is stopped because
/// the policy runs another one; the kernel keeps its registers.
/// </summary>
/// <remarks>
/// <code>
///   Spare ──upcall──▶ Carrying (in the core, the lock set) ──RESTART another──▶ Spare
///                          │  ▲
///              runs thread │  │ the thread suspends
///                          ▼  │
///                     Carrying (in the thread's code, lock clear) ──blocks──▶ Blocked ──wakes──▶ Stopped
///                          │  ▲                                                                    │
///                 an upcall│  └───────────────RESTART, when the policy picks its thread────────────┤
///                          └──────────────────▶ Stopped ◀──────────────────────────────────────────┘
/// </code>
/// The lock is a word of the virtual processor's page that the kernel reads: while it is set there is no upcall. The kernel
/// may take the virtual processor at any instruction at which it is clear, so a thread's own code never knows where
/// it runs until it has taken the lock.
/// </remarks>
internal sealed unsafe partial class Activation : Carrier
{
    private readonly PatchedKernel _kernel;
    private readonly int _number;
    private readonly TimerDescriptor _timer = new();

    private long _id;

    // The page of the virtual processor that it carried when it last looked.
    private ActivationPage* _page;
    private int _vp;

    // The priority that the kernel keeps for the thread that stands here.
    private int _priority;

    // An unblock was told since the policy last picked the thread that stands here. Written in the core.
    private bool _unblocked;

    private Activation(PatchedKernel kernel, int number, int vp) : base(kernel.Scheduler)
    {
        _kernel = kernel;
        _number = number;
        _vp = vp;
        // The kernel may take the virtual processor at any instruction: only the lock says who carries it.
        Detached = true;
    }

    /// <summary>Its name in the kernel: the thread's id.</summary>
    public int Id => (int)_id;

    /// <summary>The user thread whose own code stands on its stack; written with the lock set.</summary>
    public UserThread? Thread { get; private set; }

    /// <summary>When the kernel last woke it from a wait, on CLOCK_MONOTONIC in nanoseconds; 0 where the kernel stamps no times. Written in the core.</summary>
    public long WokenAt { get; private set; }

    /// <summary>When somebody was told of it: the upcall's time, or the time at which the kernel gave it a virtual processor by itself.</summary>
    public long ToldAt { get; private set; }

    /// <summary>Makes an activation and offers it to a virtual processor as soon as the run has begun.</summary>
    public static void Start(PatchedKernel kernel, int number, int vp) =>
        LinuxKernel.StartThread(new Activation(kernel, number, vp).Main, number);

    private void Main()
    {
        try
        {
            _ = LinuxCalls.ThreadControl(LinuxCalls.SetTimerSlack, 1, 0, 0, 0);
            SchedulingClass.SetNormal();
            _id = LinuxCalls.ThreadId();
            TakeThread();
            _kernel.Register(Id, this);
            _kernel.Supply.Arrive(_vp);
            Carry();
        }
        catch (AbandonedActivationException)
        {
            // A policy callback came back after the watchdog had given its virtual processor to another activation.
        }
        catch (Exception exception)
        {
            _kernel.Fail(exception);
        }
    }

    // The user thread on this activation begins an operation. Returns as the carrier of the thread's virtual processor, the lock set.
    private protected override void Reattach(UserThread thread)
    {
        while (true)
        {
            Lock();
            var vp = _kernel.Scheduler.VirtualProcessors[_vp];
            if (vp.Running != thread) TakeAsFirst(vp, thread);
            // The kernel restarts a thread by itself where a rule lets it, or where no spare was left. What it asks for has to
            // wait until the policy has been told, which runs on a spare.
            if (vp.Running == thread)
            {
                if (Volatile.Read(ref _page->Pending) != 0) vp.Attention = true;
                TellPriority(thread);
                return;
            }
            Unlock();
            _ = ActivationCalls.Request(_vp);
        }
    }

    // The kernel has given the virtual processor to this thread, which goes first, without anybody having been told.
    private void TakeAsFirst(VirtualProcessor vp, UserThread thread)
    {
        var scheduler = _kernel.Scheduler;
        // A callback that hangs has kept the core's lock.
        if (!thread.GoesFirst || vp.HangingCallback) return;
        scheduler.Lock.Enter();
        Scheduler.BeginPass(vp);
        if (thread.GoesFirst && vp.Displaced is null)
        {
            LookUpTimes();
            scheduler.GoFirst(vp, thread);
        }
        scheduler.Lock.Exit();
    }

    // What the ring says of this activation, and nobody has read yet.
    private void LookUpTimes()
    {
        for (var i = _page->Head; i != Volatile.Read(ref _page->Tail); i++)
        {
            ref readonly var happened = ref ActivationPage.Event(_page, i);
            if (happened.Id != Id) continue;
            if (happened.Type == ActivationEvent.Unblock) WokenAt = happened.Happened;
            if (happened.Type == ActivationEvent.Restart) ToldAt = happened.Happened;
        }
    }

    // The kernel hands the virtual processor to a thread that goes first when it unblocks, if what runs does not go first itself.
    private void TellPriority(UserThread thread) => _page->Priority = _priority = thread.GoesFirst ? 1 : 0;

    private protected override void Unlock()
    {
        Volatile.Write(ref _page->Lock, 0);
        // Partner: act_notify() in the kernel, which sets it and then has this thread look at the lock when it next is in the
        // kernel. Policy code does not run here, on a user thread's stack: the kernel is asked for an upcall.
        if (Volatile.Read(ref _page->Pending) != 0) _ = ActivationCalls.Request(_vp);
    }

    // Takes the lock of the virtual processor that this activation carries, as soon as it carries one.
    private void Lock()
    {
        while (Interlocked.CompareExchange(ref _page->Word, _id | ActivationPage.Locked, _id) != _id)
        {
            var vp = ActivationCalls.Wait();
            if (vp >= 0) See(vp);
        }
    }

    // Releases the lock in order to run a thread; false when events came meanwhile and it is set again.
    private bool TryRelease()
    {
        Volatile.Write(ref _page->Lock, 0);
        return Volatile.Read(ref _page->Pending) == 0 || Interlocked.CompareExchange(ref _page->Word, _id | ActivationPage.Locked, _id) != _id;
    }

    private void See(int vp)
    {
        _vp = vp;
        _page = _kernel.PageOf(vp);
    }
}
