using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>Waiting for a thread's end, to be awaited.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "It is awaited, never compared.")]
public readonly struct JoinOperation : IUserAwaiter
{
    private readonly UserThread _thread;
    private readonly UserThread _joined;

    internal JoinOperation(UserThread thread, UserThread joined)
    {
        _thread = thread;
        _joined = joined;
    }

    /// <summary>For the compiler.</summary>
    public JoinOperation GetAwaiter() => this;

    /// <summary>For the compiler. Goes on at once if the thread has ended.</summary>
    public bool IsCompleted
    {
        get
        {
            if (_thread.CancelPending) _thread.ThrowCancelled();
            // Commit looks again, in the core.
            _thread.SuspendAs = _joined.State == UserThreadState.Finished ? Scheduler.PassSafepoint(_thread) : Scheduler.BeginJoin(_thread, _joined);
            return _thread.SuspendAs == Request.None;
        }
    }

    /// <summary>For the compiler. Throws what the thread threw.</summary>
    public void GetResult()
    {
        _thread.EndWait();
        if (_joined.Exception is not { } exception) return;
        _joined.Joined = true;
        exception.Throw();
    }

    void IUserAwaiter.Suspend(Frame frame) => _thread.SuspendInWait(frame, _joined, Scheduler.NoDeadline);

    void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}
