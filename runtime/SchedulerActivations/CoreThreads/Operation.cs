using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>A wait without limit, to be awaited.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "It is awaited, never compared.")]
public readonly struct Operation : IUserAwaiter
{
    private readonly UserThread _thread;
    private readonly IWaitable _object;

    internal Operation(UserThread thread, IWaitable waitable)
    {
        _thread = thread;
        _object = waitable;
    }

    /// <summary>For the compiler.</summary>
    public Operation GetAwaiter() => this;

    /// <summary>For the compiler. Takes at once what can be had at once.</summary>
    public bool IsCompleted
    {
        get
        {
            _thread.SuspendAs = _thread.Scheduler.TryWait(_thread, _object, Scheduler.NoDeadline);
            return _thread.SuspendAs == Request.None;
        }
    }

    /// <summary>For the compiler.</summary>
    public void GetResult() => _thread.EndWait();

    void IUserAwaiter.Suspend(Frame frame) => _thread.SuspendInWait(frame, _object, Scheduler.NoDeadline);

    void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}
