using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

// Other threads, and the thread itself.
public readonly partial struct ThreadContext
{
    /// <summary>Starts a thread.</summary>
    /// <param name="body">What it does.</param>
    /// <param name="name">Its name; made of this one's and its <see cref="UserThread.Id"/> by default.</param>
    /// <param name="priority">Its priority; this thread's own by default, without what it inherits.</param>
    public UserThread Spawn(Func<ThreadContext, UserTask> body, string? name = null, int? priority = null) => Spawn(new FunctionThread(body), name, priority);

    /// <summary>Starts a thread of a class of its own, and answers with it.</summary>
    /// <typeparam name="TThread">Its class.</typeparam>
    /// <param name="thread">The thread.</param>
    /// <param name="name">Its name; made of this one's and its <see cref="UserThread.Id"/> by default.</param>
    /// <param name="priority">Its priority; this thread's own by default, without what it inherits.</param>
    /// <exception cref="InvalidOperationException">The thread has been started already.</exception>
    public TThread Spawn<TThread>(TThread thread, string? name = null, int? priority = null) where TThread : UserThread
    {
        Start(thread, name, priority, detached: false);
        return thread;
    }

    /// <summary>Starts a thread with attributes.</summary>
    /// <param name="body">What it does.</param>
    /// <param name="attributes">Its name, its priority, whether it is detached.</param>
    public UserThread Spawn(Func<ThreadContext, UserTask> body, UserThreadAttributes attributes) => Spawn(new FunctionThread(body), attributes);

    /// <summary>Starts a thread of a class of its own with attributes, and answers with it.</summary>
    /// <typeparam name="TThread">Its class.</typeparam>
    /// <param name="thread">The thread.</param>
    /// <param name="attributes">Its name, its priority, whether it is detached.</param>
    /// <exception cref="InvalidOperationException">The thread has been started already.</exception>
    public TThread Spawn<TThread>(TThread thread, UserThreadAttributes attributes) where TThread : UserThread
    {
        ArgumentNullException.ThrowIfNull(attributes);
        Start(thread, attributes.Name, attributes.Priority, attributes.Detached);
        return thread;
    }

    private void Start(UserThread thread, string? name, int? priority, bool detached)
    {
        ArgumentNullException.ThrowIfNull(thread);
        if (name is not null) ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var scheduler = Thread.Scheduler;
        using var core = new InCore(Thread);
        if (thread.IsStarted) throw StartedAlready(thread);
        scheduler.Add(thread, Thread.VirtualProcessor, name ?? Thread.FamilyName, name is not null, priority ?? Thread.OwnPriority);
        thread.IsDetached = detached;
        scheduler.Announce(Thread, thread);
    }

    /// <summary>Waits until a thread has ended; throws what it threw. A thread may be joined several times and by several threads (POSIX: undefined).</summary>
    /// <exception cref="InvalidOperationException">The thread would wait for itself (POSIX: <c>EDEADLK</c>), for a detached thread (<c>EINVAL</c>) or for one that has not been started or belongs to another run.</exception>
    /// <exception cref="UserThreadCancelledException">This thread was cancelled, or the one that it joins ended because it was.</exception>
    public JoinOperation Join(UserThread thread)
    {
        CheckRun(thread);
        if (thread == Thread || thread.IsDetached) throw CannotJoin(thread);
        return new JoinOperation(Thread, thread);
    }

    /// <summary>Says that nobody will join a thread: what it throws stands in the result. Threads that join it already go on doing so.</summary>
    /// <exception cref="InvalidOperationException">The thread is detached already (POSIX: <c>EINVAL</c>), or has not been started or belongs to another run.</exception>
    public void Detach(UserThread thread)
    {
        CheckRun(thread);
        using var core = new InCore(Thread);
        if (thread.IsDetached) throw new InvalidOperationException($"Thread {thread.Name} is detached already.");
        thread.IsDetached = true;
    }

    /// <summary>
    /// Changes a thread's priority. The policy is told of it while the thread is ready; at other times it sees the new priority when next it looks.
    /// A running thread that becomes less urgent is preempted at its next safepoint, where the policy preempts at all, and picked again if it still comes first.
    /// </summary>
    /// <exception cref="InvalidOperationException">The thread has not been started or belongs to another run.</exception>
    public void SetPriority(UserThread thread, int priority)
    {
        CheckRun(thread);
        using var core = new InCore(Thread);
        var before = thread.Priority;
        thread.Priority = priority;
        Thread.Scheduler.PriorityChanged(Thread.VirtualProcessor, thread, before);
        if (thread.Awaits is { PassesPriority: true } mutex) mutex.Owner?.Inherit(Thread.VirtualProcessor);
    }

    /// <summary>
    /// Asks a thread to end: its next await throws <see cref="UserThreadCancelledException"/>, and a sleep or a wait for
    /// other user threads ends at once. It throws once for each request, so that a thread can clean up with awaits.
    /// </summary>
    /// <remarks>
    /// As POSIX's deferred cancellation; but the request ends nothing by force: a thread that catches the exception goes
    /// on. A read of a port, a call that blocks and a <see cref="Task"/> are waited for first.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The thread has ended (POSIX: <c>ESRCH</c>), or has not been started or belongs to another run.</exception>
    public void Cancel(UserThread thread)
    {
        if (!TryCancel(thread)) throw new InvalidOperationException($"Thread {thread.Name} has ended: there is nothing to cancel.");
    }

    /// <summary>As <see cref="Cancel"/>; false when the thread has ended.</summary>
    /// <exception cref="InvalidOperationException">The thread has not been started or belongs to another run.</exception>
    public bool TryCancel(UserThread thread)
    {
        CheckRun(thread);
        using var core = new InCore(Thread);
        return Thread.Scheduler.Cancel(Thread, thread);
    }

    /// <summary>Sleeps until a time of the machine's clock (<see cref="Now"/>); at once when it has passed.</summary>
    public SleepOperation SleepUntil(TimeSpan time)
    {
        var now = Now;
        return Sleep(time > now ? time - now : TimeSpan.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckRun(UserThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        thread.CheckStarted();
        if (thread.Scheduler != Thread.Scheduler) throw OfAnotherRun(thread);
    }

    private static InvalidOperationException StartedAlready(UserThread thread) => new($"Thread {thread.Name} has been started already: a thread runs once.");

    private InvalidOperationException CannotJoin(UserThread thread) => new(thread == Thread
        ? $"Thread {thread.Name} cannot join itself: it would wait for ever."
        : $"Thread {thread.Name} is detached and cannot be joined.");

    private static InvalidOperationException OfAnotherRun(UserThread thread) => new($"Thread {thread.Name} belongs to another run.");
}
