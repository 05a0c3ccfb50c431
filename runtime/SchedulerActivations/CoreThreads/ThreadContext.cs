using SchedulerActivations.Experiments;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// What a user thread can do: handed to its body, valid for as long as the thread lives. Workloads written against it
/// run on all machines. Every awaited operation is a safepoint: where events and preemptions are taken notice of.
/// </summary>
public readonly partial struct ThreadContext : IEquatable<ThreadContext>
{
    internal ThreadContext(UserThread thread) => Thread = thread;

    /// <summary>The thread itself.</summary>
    public UserThread Thread { get; }

    /// <summary>Time since the start of the run, on the machine's clock.</summary>
    public TimeSpan Now => TimeSpan.FromTicks(Thread.Scheduler.Kernel.Now / 100);

    /// <summary>
    /// Computes for a calibrated amount of work: what the machine does in <paramref name="work"/> undisturbed. Being
    /// preempted is not progress.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The work is negative.</exception>
    public ComputeOperation Compute(TimeSpan work)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(work, TimeSpan.Zero);
        return new ComputeOperation(Thread, Nanoseconds.Of(work));
    }

    /// <summary>Lets others run; the thread stays ready.</summary>
    public YieldOperation Yield()
    {
        if (Thread.CancelPending) Thread.ThrowCancelled();
        return default;
    }

    /// <summary>Sleeps for a time of the machine's clock; at once when it is not positive.</summary>
    public SleepOperation Sleep(TimeSpan time) => new(Thread, time <= TimeSpan.Zero ? 0 : Thread.Scheduler.Deadline(time));

    /// <summary>
    /// Waits for the port's next event, blocking in the kernel until it is due; null when no more come. Reactivity is
    /// measured here, from the event's due time to this thread's next instruction.
    /// </summary>
    public ReadOperation Read(Port port)
    {
        ArgumentNullException.ThrowIfNull(port);
        return new ReadOperation(Thread, port);
    }

    /// <summary>
    /// Makes a call that may block, in a declared region: the virtual processor is handed on before the call, as by a
    /// kernel that reports the block. Real machines only; a simulated one cannot know how long the call takes.
    /// </summary>
    /// <example><code>await t.Call(() => socket.Receive(buffer));</code></example>
    public CallOperation Call(Action call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new CallOperation(Thread, call);
    }

    /// <inheritdoc/>
    public bool Equals(ThreadContext other) => Thread == other.Thread;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ThreadContext other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Thread.GetHashCode();

    /// <summary>Whether both are the same thread's.</summary>
    public static bool operator ==(ThreadContext left, ThreadContext right) => left.Equals(right);

    /// <summary>Whether they are different threads'.</summary>
    public static bool operator !=(ThreadContext left, ThreadContext right) => !left.Equals(right);
}
