using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>Taking a mutex, to be awaited.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "It is awaited, never compared.")]
public readonly struct LockOperation : IUserAwaiter
{
    private readonly UserThread _thread;
    private readonly UserMutex _mutex;

    internal LockOperation(UserThread thread, UserMutex mutex)
    {
        _thread = thread;
        _mutex = mutex;
    }

    /// <summary>For the compiler.</summary>
    public LockOperation GetAwaiter() => this;

    /// <summary>For the compiler. Takes the mutex at once if nobody holds it.</summary>
    public bool IsCompleted
    {
        get
        {
            if (_thread.CancelPending) _thread.ThrowCancelled();
            using var core = new InCore(_thread);
            _thread.SuspendAs = !_mutex.TryTake(_thread) ? Request.Wait : core.WantsSafepoint ? Request.Safepoint : Request.None;
            return _thread.SuspendAs == Request.None;
        }
    }

    /// <summary>For the compiler.</summary>
    public void GetResult() => _thread.EndWait();

    void IUserAwaiter.Suspend(Frame frame) => _thread.SuspendInWait(frame, _mutex, Scheduler.NoDeadline);

    void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}
