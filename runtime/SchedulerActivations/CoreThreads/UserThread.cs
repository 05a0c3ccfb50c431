using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A user thread: what a policy schedules. It is a stackless coroutine, an <c>async</c> <see cref="UserTask"/> method
/// that a <see cref="VirtualProcessor"/> runs from one await to the next, so that a switch costs two calls and no stack
/// is ever copied.
/// </summary>
/// <example>
/// A policy sees a thread's name, priority and state, and keeps data of its own with it:
/// <code>
/// protected override void OnCreated(UserThread thread) => thread.PolicyData = new Budget(10);
/// </code>
/// A thread is made of a function, or is an object of a class of its own, which also holds what it needs and what it finds
/// out; that costs less than a function, which is an object beside the thread.
/// <code>
/// private sealed class Square(int number) : UserThread
/// {
///     public int Result { get; private set; }
///
///     protected override async UserTask Run(ThreadContext t)
///     {
///         await t.Yield();
///         Result = number * number;
///     }
/// }
///
/// var square = t.Spawn(new Square(7));
/// await t.Join(square);
/// </code>
/// </example>
/// <remarks>
/// Members that are not documented otherwise may be read at any time from a policy's callbacks. The states and what
/// leads from one to the next are drawn at <see cref="UserThreadState"/>.
/// </remarks>
public abstract partial class UserThread
{
    // Its own name; or, while it has none, that of its nearest ancestor that has one. None before the start.
    private string? _name;
    private bool _isNamed;

    // What only few threads have.
    private Rare? _rare;

    /// <summary>Makes a thread that has yet to be started, with <see cref="ThreadContext.Spawn{TThread}(TThread, string, int?)"/>.</summary>
    protected UserThread() { }

    /// <summary>What the thread does; called once, on the thread. What it throws ends the thread.</summary>
    /// <param name="t">The thread's context.</param>
    protected internal abstract UserTask Run(ThreadContext t);

    /// <summary>Number of the thread in its run, from 1 in order of creation; 0 before it is started.</summary>
    public int Id { get; private set; }

    /// <summary>
    /// Its name. Threads that a workload makes several of are numbered, <c>compute 3</c>; a thread that was spawned without
    /// a name has that of its nearest ancestor that was given one, and its own <see cref="Id"/>: <c>compute 3/17</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The name is set to nothing.</exception>
    /// <exception cref="InvalidOperationException">The name is set before the thread is started.</exception>
    public string Name
    {
        get => _isNamed ? _name! : $"{_name ?? GetType().Name}/{Id}";
        set
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            CheckStarted();
            (_name, _isNamed) = (value, true);
        }
    }

    /// <summary>Whether nobody will join it (<see cref="ThreadContext.Detach"/>).</summary>
    public bool IsDetached { get; internal set; }

    /// <summary>Its state.</summary>
    public UserThreadState State { get; internal set; }

    /// <summary>Why it last became ready.</summary>
    public ReadyReason ReadyReason { get; internal set; }

    /// <summary>Whatever the policy wants to keep with the thread; the core never looks at it.</summary>
    public object? PolicyData { get; set; }

    /// <summary>
    /// Whether it always goes first: when it has waited and can go on it runs at once, in the place of a thread that does
    /// not go first; neither <see cref="Specialization.SchedulingPolicy.OnReady"/> nor <see cref="Specialization.SchedulingPolicy.FindNextToRun"/>
    /// is called for it. So a kernel with scheduler activations hands it the virtual processor by itself.
    /// </summary>
    /// <remarks>
    /// REQUIRES: set by the policy, in a callback. A thread that yields, or is still running at the end of its
    /// <see cref="Specialization.SchedulingPolicy.Quantum"/>, comes to the policy like any other. All threads lose it when another
    /// policy takes the run over, which hears of those that are ready then.
    /// </remarks>
    /// <exception cref="InvalidOperationException">It is set before the thread is started.</exception>
    public bool GoesFirst
    {
        get => _rare is { GoesFirst: true };
        set
        {
            CheckStarted();
            if (value == GoesFirst) return;
            RareParts.GoesFirst = value;
            if (value) Scheduler.ExpectFirst();
        }
    }

    /// <summary>Compute work the thread has done so far.</summary>
    public TimeSpan Work => TimeSpan.FromTicks(WorkNanoseconds / 100);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} (#{Id}, {State})";

    // It goes first, and has become ready in a way in which that counts.
    internal bool PassesPolicy => GoesFirst && ReadyReason is ReadyReason.Unblocked or ReadyReason.Signaled;

    internal bool IsStarted => VirtualProcessor is not null;

    internal Scheduler Scheduler => VirtualProcessor.Scheduler;

    // The name that a thread which this one spawns without a name begins with.
    internal string FamilyName => _name!;

    internal long WorkNanoseconds;

    // The virtual processor the thread runs on, or ran on last, or was started on; null before that.
    internal VirtualProcessor VirtualProcessor = null!;

    // The innermost frame, where the thread goes on; null before the first suspension and after the end.
    internal Frame? Frame;

    // What the thread asked for when it last left its virtual processor, with the request's arguments.
    internal Request Request;
    internal long RequestTime;
    internal object? RequestObject;

    // What the operation that the thread's own code has just begun must suspend for.
    internal Request SuspendAs;

    // Why it blocked, while it is blocked.
    internal BlockReason BlockReason;

    // A wake-up that came before the thread had left its virtual processor.
    internal bool WakePending;

    // When it became ready, on the machine's clock: the watchdog's measure of starvation.
    internal long ReadySince;

    // The policy's ThreadQueue in which it stands and its place there, as the queue writes it; and the core's. 0 for none.
    internal ulong Standing, Waiting;

    // Whether what ended it has been handed to somebody who joined it.
    internal bool Joined
    {
        get => _rare is { Joined: true };
        set => RareParts.Joined = value;
    }

    // Its slot in the scheduler's ThreadTable, while it lives.
    internal int Slot;

    // What carries the thread's own code, or did last; where the thread has lost its virtual processor in the midst of that code
    // it stands on the carrier's stack still, and OnStack says so.
    internal Carrier? Carrier;
    internal bool OnStack;

    // Its copies of thread-local variables.
    internal LocalSlot? Locals
    {
        get => _rare?.Locals;
        set
        {
            if (value != Locals) RareParts.Locals = value;
        }
    }

    // What ended it.
    internal ExceptionDispatchInfo? Exception
    {
        get => _rare?.Exception;
        set
        {
            if (value != Exception) RareParts.Exception = value;
        }
    }

    internal bool HasRareParts => _rare is not null;

    // The thread's own code may ask for them while another virtual processor does, in the core.
    private Rare RareParts => _rare ?? Interlocked.CompareExchange(ref _rare, new Rare(), null) ?? _rare;

    /// <summary>Gives it its place in a run.</summary>
    /// <param name="home">The virtual processor on which it is made.</param>
    /// <param name="id">Its number.</param>
    /// <param name="name">Its name, or that which it has in common with threads made without one.</param>
    /// <param name="isNamed">Whether the name is its own.</param>
    /// <param name="priority">Its priority.</param>
    internal void Enter(VirtualProcessor home, int id, string name, bool isNamed, int priority)
    {
        VirtualProcessor = home;
        Id = id;
        _name = name;
        _isNamed = isNamed;
        _priority = priority;
    }

    internal void CheckStarted()
    {
        if (!IsStarted) throw NotStarted();
    }

    // A method of its own, so that the check is so short that the compiler puts it in its caller's place.
    private InvalidOperationException NotStarted() => new($"Thread {Name} has not been started: Spawn it, with its name and its priority.");

    /// <summary>The thread's own code leaves its virtual processor at an await; the request is served once it has left.</summary>
    internal void Suspend(Frame frame, Request request)
    {
        // A reference that is there already is not written again: the collector makes every write of one dear.
        if (Request == Request.None && frame.Thread == this && Frame == frame) Request = request;
        else SuspendIn(frame, request);
    }

    // A method of its own, so that what is usual keeps everything in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SuspendIn(Frame frame, Request request)
    {
        // It waits already, for a thread that began above it on its stack, and leaves that now.
        if (request == Request.Lend) request = Request.Wait;
        else if (!Carrier.Runs(this)) throw new InvalidOperationException(
            $"Thread {Carrier.CurrentThread.Name} awaits by the context of thread {Name}: it has its own, which its body is called with.");
        else if (Request != Request.None) throw new InvalidOperationException(
            $"Thread {Name} already waits for something: a user thread awaits one call at a time. Await it, or Spawn a thread.");
        if (frame.Thread != this) frame.Thread = this;
        if (Frame != frame) Frame = frame;
        Request = request;
    }

    /// <summary>The thread's outermost method has ended while the thread is suspended in a call that it made.</summary>
    internal void EndUnawaited()
    {
        Exception ??= ExceptionDispatchInfo.Capture(new InvalidOperationException($"Thread {Name} ended while a call it made was still going on: await every UserTask."));
        if (Carrier is { Uppermost: { } uppermost } && uppermost != this)
        {
            // It waits, or is ready by now: its end comes when it is resumed.
            Frame = new EndingFrame { Thread = this };
            Scheduler.InterruptJoin(this, WaitOutcome.Taken);
            return;
        }
        Request = Request.None;
        Frame = null;
    }

    private sealed class Rare
    {
        public bool GoesFirst, Joined, CancelRequested;
        public int Inherited = int.MinValue;
        public UserMutex? Held;
        public ThreadQueue? Joiners;
        public LocalSlot? Locals;
        public ExceptionDispatchInfo? Exception;
    }
}
