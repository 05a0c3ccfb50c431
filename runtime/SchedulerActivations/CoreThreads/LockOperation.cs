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
            var carrier = _thread.Carrier!;
            carrier.EnterCore(_thread);
            if (!_mutex.TryTakeFree(_thread)) return TakeInCore(_thread, _mutex);
            if (Scheduler.WantsSafepoint(_thread)) return StopAtSafepoint(_thread);
            carrier.LeaveCore();
            return true;
        }
    }

    // What is not usual, in the core, which it leaves: in methods of their own, so that what is usual stays in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TakeInCore(UserThread thread, UserMutex mutex)
    {
        using var core = InCore.Entered(thread);
        thread.SuspendAs = !mutex.TryTake(thread) ? Request.Wait : core.WantsSafepoint ? Request.Safepoint : Request.None;
        return thread.SuspendAs == Request.None;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool StopAtSafepoint(UserThread thread)
    {
        thread.SuspendAs = Request.Safepoint;
        thread.Carrier!.LeaveCore();
        return false;
    }

    /// <summary>For the compiler.</summary>
    public void GetResult() => _thread.EndWait();

    void IUserAwaiter.Suspend(Frame frame) => _thread.SuspendInWait(frame, _mutex, Scheduler.NoDeadline);

    void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}
