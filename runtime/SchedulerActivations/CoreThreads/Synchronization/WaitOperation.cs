using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A wait that has an answer, to be awaited. With a time-out: true when the thread got what it waited for, false when the time was over
/// (POSIX: <c>ETIMEDOUT</c>).
/// </summary>
[SuppressMessage("Performance", "CA1815", Justification = "It is awaited, never compared.")]
public readonly struct WaitOperation : IUserAwaiter
{
    private readonly UserThread _thread;
    private readonly IWaitable _object;
    private readonly long _deadline;

    internal WaitOperation(UserThread thread, IWaitable waitable, long deadline)
    {
        _thread = thread;
        _object = waitable;
        _deadline = deadline;
    }

    /// <summary>For the compiler.</summary>
    public WaitOperation GetAwaiter() => this;

    /// <summary>For the compiler. Takes at once what can be had at once.</summary>
    public bool IsCompleted
    {
        get
        {
            _thread.SuspendAs = _thread.Scheduler.TryWait(_thread, _object, _deadline);
            return _thread.SuspendAs == Request.None;
        }
    }

    /// <summary>For the compiler.</summary>
    public bool GetResult()
    {
        var outcome = _thread.Outcome;
        if (outcome is WaitOutcome.Cancelled or WaitOutcome.Destroyed) _thread.ThrowCancelled();
        _thread.Outcome = WaitOutcome.Taken;
        return outcome == WaitOutcome.Taken;
    }

    void IUserAwaiter.Suspend(Frame frame) => _thread.SuspendInWait(frame, _object, _deadline);

    void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}
