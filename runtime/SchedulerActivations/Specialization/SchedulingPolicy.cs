using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Specialization;

/// <summary>
/// The specialization layer (section 3.2 of the paper): a subclass decides which user thread runs on which virtual
/// processor, and when one must make room for another. It multiplexes any number of user threads onto the fixed number
/// of virtual processors of a run. The core tells it of every change of a thread's state and asks it one question,
/// <see cref="FindNextToRun"/>.
/// </summary>
/// <example>
/// First come, first served, in five lines:
/// <code>
/// public sealed class FirstCome : SchedulingPolicy
/// {
///     private readonly ThreadQueue _ready = new();
///     protected override void OnReady(UserThread thread, ReadyReason reason) => _ready.Enqueue(thread);
///     protected override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.Dequeue();
/// }
/// </code>
/// </example>
/// <remarks>
/// REQUIRES: every thread handed to <see cref="OnReady"/> is returned once by <see cref="FindNextToRun"/>; callbacks
/// return quickly, do not block and do not throw. A policy that breaks this is ejected (<see cref="PolicyRule"/>): the
/// run goes on under round robin, and the result says which rule was broken.
/// <para>
/// Callbacks never run on a user thread's stack. They never overlap, so a policy needs no lock, unless it declares
/// <see cref="PolicyLocking.OnePerVirtualProcessor"/> (<see cref="Locking"/> says what it may touch then). The same
/// object runs on every machine and never learns which; its public settable properties are its settings.
/// </para>
/// </remarks>
public abstract class SchedulingPolicy
{
    internal Scheduler? Scheduler;

    /// <summary>Number of virtual processors of the run.</summary>
    protected int VirtualProcessors => Attached.VirtualProcessors.Count;

    /// <summary>Time since the start of the run, on the machine's clock.</summary>
    protected TimeSpan Now => TimeSpan.FromTicks(Attached.Kernel.Now / 100);

    /// <summary>Random numbers that depend on the run's seed only.</summary>
    protected Random Random => Attached.Random;

    /// <summary>
    /// How callbacks are kept apart; asked once, when the policy's run starts. By default one lock for all virtual
    /// processors keeps them from overlapping. With <see cref="PolicyLocking.OnePerVirtualProcessor"/> each virtual
    /// processor makes its callbacks one after the other, and those of different ones may overlap.
    /// </summary>
    /// <remarks>
    /// REQUIRES of a policy with a lock for each virtual processor: what a callback changes belongs to <see cref="Here"/>, the
    /// virtual processor that makes it, or to the thread that it is about, or guards itself, as <see cref="StealingQueues"/>
    /// does. A thread is with one callback at a time, with two exceptions: <see cref="OnReady"/> may come on another virtual
    /// processor before <see cref="OnBlocked"/> has returned, and <see cref="OnPriorityChanged"/> and
    /// <see cref="ShouldPreempt"/> may be about a thread that another virtual processor is just about to run.
    /// <see cref="Random"/> may not be used. Callbacks overlap where virtual processors run in parallel: not on a simulated machine.
    /// </remarks>
    protected internal virtual PolicyLocking Locking => PolicyLocking.OneForAll;

    /// <summary>The virtual processor that makes the callback; known to a policy with a lock for each.</summary>
    /// <exception cref="InvalidOperationException">There is one lock for all, or no callback is being made.</exception>
    protected VirtualProcessor Here => Locking == PolicyLocking.OnePerVirtualProcessor && Scheduler.Calling is { } calling ? calling
        : throw new InvalidOperationException("Only a policy that declares PolicyLocking.OnePerVirtualProcessor is told which virtual processor calls it, and only during a callback.");

    private Scheduler Attached => Scheduler ?? throw new InvalidOperationException("A policy learns about its run when the run starts: not in its constructor.");

    /// <summary>A thread can run. Keep it until <see cref="FindNextToRun"/> returns it.</summary>
    protected internal abstract void OnReady(UserThread thread, ReadyReason reason);

    /// <summary>The thread that the virtual processor shall run next (the paper's <c>find_next_to_run</c>), or null for none. The policy forgets a thread that it returns.</summary>
    protected internal abstract UserThread? FindNextToRun(VirtualProcessor vp);

    /// <summary>Whether a thread that has just become ready shall take the virtual processor from the one that runs there. The candidate stays with the policy either way.</summary>
    protected internal virtual bool ShouldPreempt(VirtualProcessor vp, UserThread running, UserThread candidate) => false;

    /// <summary>How long the thread may run before others get their turn, more than nothing; infinite (<see cref="Timeout.InfiniteTimeSpan"/>) by default. Then it comes back by <see cref="OnReady"/>, as preempted; where nobody else is ready, a machine may let it go on.</summary>
    protected internal virtual TimeSpan Quantum(UserThread thread) => Timeout.InfiniteTimeSpan;

    /// <summary>The thread has run for so long since it was picked: what fairness and budgets are charged from. Comes before the thread's next state change.</summary>
    protected internal virtual void OnRan(UserThread thread, TimeSpan ran) { }

    /// <summary>A thread was created; <see cref="OnReady"/> follows. A policy that takes a run over is told of every thread that there is: of the ready ones <see cref="OnReady"/> follows at once, of the others when they become ready.</summary>
    protected internal virtual void OnCreated(UserThread thread) { }

    /// <summary>A running thread blocked.</summary>
    protected internal virtual void OnBlocked(UserThread thread, BlockReason reason) { }

    /// <summary>A ready thread's priority was changed by another thread, or by a mutex that passes priorities on: a policy that keeps ready threads by priority moves it.</summary>
    protected internal virtual void OnPriorityChanged(UserThread thread) { }

    /// <summary>A running thread finished.</summary>
    protected internal virtual void OnFinished(UserThread thread) { }
}
