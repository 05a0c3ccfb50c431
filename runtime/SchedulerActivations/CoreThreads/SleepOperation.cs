using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>A sleep, to be awaited.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "It is awaited, never compared.")]
public readonly struct SleepOperation : IUserAwaiter
{
    private readonly UserThread _thread;
    private readonly long _until;

    internal SleepOperation(UserThread thread, long until)
    {
        _thread = thread;
        _until = until;
    }

    /// <summary>For the compiler.</summary>
    public SleepOperation GetAwaiter() => this;

    /// <summary>For the compiler. Goes on at once when the time has passed.</summary>
    public bool IsCompleted
    {
        get
        {
            if (_thread.CancelPending) _thread.ThrowCancelled();
            var scheduler = _thread.Scheduler;
            _thread.SuspendAs = _until > scheduler.Kernel.Now ? Request.Sleep : Scheduler.PassSafepoint(_thread);
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
        _thread.RequestTime = _until;
    }

    void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}
