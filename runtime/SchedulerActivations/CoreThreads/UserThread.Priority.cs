using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// Its own priority, and what it inherits from threads that wait for its mutexes.
public partial class UserThread
{
    private int _priority;

    // The mutexes that it holds and that pass priorities on, linked through UserMutex.NextHeld.
    internal UserMutex? Held
    {
        get => _rare?.Held;
        set => RareParts.Held = value;
    }

    /// <summary>
    /// Its priority; a higher number is more urgent. Only policies that look at it care. While it holds a
    /// <see cref="UserMutex"/> that passes priorities on, at least that of the most urgent thread that waits for it.
    /// </summary>
    /// <remarks>A policy may set it; elsewhere use <see cref="ThreadContext.SetPriority"/>, which tells the policy.</remarks>
    /// <exception cref="InvalidOperationException">It is set before the thread is started.</exception>
    public int Priority
    {
        get => _rare is null ? _priority : Math.Max(_priority, _rare.Inherited);
        set
        {
            CheckStarted();
            _priority = value;
        }
    }

    // Its priority without what it inherits.
    internal int OwnPriority => _priority;

    // The mutex for which it waits.
    internal UserMutex? Awaits => State == UserThreadState.Blocked && BlockReason == BlockReason.Synchronization ? RequestObject as UserMutex : null;

    /// <summary>
    /// Inherits anew, from those that now wait for its mutexes; and so does the thread that holds the mutex for which this
    /// one waits, and so on, until nothing changes any more.
    /// </summary>
    internal void Inherit(VirtualProcessor vp)
    {
        for (var thread = this; thread is not null;)
        {
            var before = thread.Priority;
            var inherited = int.MinValue;
            for (var mutex = thread.Held; mutex is not null; mutex = mutex.NextHeld)
                inherited = Math.Max(inherited, mutex.MostUrgent?.Priority ?? int.MinValue);
            thread.RareParts.Inherited = inherited;
            if (thread.Priority == before) return;
            Scheduler.PriorityChanged(vp, thread, before);
            thread = thread.Awaits is { PassesPriority: true } awaited ? awaited.Owner : null;
        }
    }
}
