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
/// </example>
/// <remarks>
/// Members that are not documented otherwise may be read at any time from a policy's callbacks. The states and what
/// leads from one to the next are drawn at <see cref="UserThreadState"/>.
/// </remarks>
public sealed partial class UserThread : IWaitable
{
    internal UserThread(Scheduler scheduler, int id, string name, int priority, Func<ThreadContext, UserTask> body)
    {
        Scheduler = scheduler;
        Id = id;
        Name = name;
        _priority = priority;
        Body = body;
    }

    /// <summary>Number of the thread in its run, from 1 in order of creation.</summary>
    public int Id { get; }

    /// <summary>Its name; threads that a workload makes several of are numbered, <c>compute 3</c>.</summary>
    /// <exception cref="ArgumentException">The name is set to nothing.</exception>
    public string Name
    {
        get;
        set
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            field = value;
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

    /// <summary>Compute work the thread has done so far.</summary>
    public TimeSpan Work => TimeSpan.FromTicks(WorkNanoseconds / 100);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} (#{Id}, {State})";

    internal readonly Scheduler Scheduler;
    internal long WorkNanoseconds;

    // The virtual processor the thread runs on, or ran on last.
    internal VirtualProcessor? VirtualProcessor;

    // The method to start, null once it was started.
    internal Func<ThreadContext, UserTask>? Body;

    // The innermost frame, where the thread goes on; null before the start and after the end.
    internal Frame? Frame;

    // What the thread asked for when it last left its virtual processor, with the request's arguments.
    internal Request Request;
    internal long RequestTime;
    internal object? RequestObject;

    // Why it blocked, while it is blocked.
    internal BlockReason BlockReason;

    // A wake-up that came before the thread had left its virtual processor.
    internal bool WakePending;

    // When it became ready, on the machine's clock: the watchdog's measure of starvation.
    internal long ReadySince;

    // Links of the ThreadQueue it stands in: a thread is in one queue at most.
    internal ThreadQueue? Queue;
    internal UserThread? Next, Previous;

    // Threads that wait for this one's end (linked through Next, they are in no ready queue then).
    internal ThreadQueue? Joiners;

    // Its copies of thread-local variables.
    internal LocalSlot? Locals;
    internal bool Joined;
    internal ExceptionDispatchInfo? Exception;

    // What the function of a Request.Call threw.
    internal ExceptionDispatchInfo? CallException;

    // Position in the scheduler's list of live threads.
    internal int LiveIndex;

    // On a real machine: the OS thread on whose stack the thread stands, where it does (it runs, or blocked outside an await).
    internal object? Activation;

    /// <summary>The thread's own code leaves its virtual processor at an await; the request is served once it has left.</summary>
    internal void Suspend(Frame frame, Request request)
    {
        if (Request != Request.None)
            throw new InvalidOperationException($"Thread {Name} already waits for something: a user thread awaits one call at a time. Await it, or Spawn a thread.");
        frame.Thread = this;
        Frame = frame;
        Request = request;
    }

    bool IWaitable.TryTake(UserThread thread) => State == UserThreadState.Finished;

    void IWaitable.AddWaiter(UserThread thread) => (Joiners ??= new ThreadQueue()).Enqueue(thread);

    bool IWaitable.RemoveWaiter(VirtualProcessor vp, UserThread thread)
    {
        Joiners!.Remove(thread);
        return true;
    }

    string IWaitable.Describe() => $"the end of {Name}";
}
