using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>Computing, to be awaited.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "It is awaited, never compared.")]
public readonly struct ComputeOperation : IUserAwaiter
{
    private readonly UserThread _thread;
    private readonly long _nanoseconds;

    internal ComputeOperation(UserThread thread, long nanoseconds)
    {
        _thread = thread;
        _nanoseconds = nanoseconds;
    }

    /// <summary>For the compiler.</summary>
    public ComputeOperation GetAwaiter() => this;

    /// <summary>For the compiler. Computes on the spot on a real machine.</summary>
    public bool IsCompleted
    {
        get
        {
            if (_thread.CancelPending) _thread.ThrowCancelled();
            var scheduler = _thread.Scheduler;
            _thread.SuspendAs = scheduler.Kernel.Compute(_thread, _nanoseconds) ? Scheduler.PassSafepoint(_thread) : Request.Compute;
            return _thread.SuspendAs == Request.None;
        }
    }

    /// <summary>For the compiler.</summary>
    public void GetResult()
    {
        if (_thread.CancelPending) _thread.ThrowCancelled();
    }

    void IUserAwaiter.Suspend(Frame frame)
    {
        _thread.Suspend(frame, _thread.SuspendAs);
        _thread.RequestTime = _nanoseconds;
    }

    void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}
