using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A wait that has an answer, to be awaited. With a time-out: true when the thread got what it waited for, false when the time was over
/// (POSIX: <c>ETIMEDOUT</c>).
/// </summary>
[SuppressMessage("Performance", "CA1815", Justification = "It is awaited, never compared.")]
public struct WaitOperation : IUserAwaiter
{
    private readonly UserThread _thread;
    private readonly IWaitable _object;
    private readonly long _deadline;
    private Request _suspendAs;

    internal WaitOperation(UserThread thread, IWaitable waitable, long deadline)
    {
        _thread = thread;
        _object = waitable;
        _deadline = deadline;
    }

    /// <summary>For the compiler.</summary>
    public readonly WaitOperation GetAwaiter() => this;

    /// <summary>For the compiler. Takes at once what can be had at once.</summary>
    public bool IsCompleted
    {
        get
        {
            _suspendAs = _thread.Scheduler.Begin(_thread, Request.Wait, _deadline, _object);
            return _suspendAs == Request.None;
        }
    }

    /// <summary>For the compiler.</summary>
    public readonly bool GetResult()
    {
        var outcome = _thread.Outcome;
        if (outcome is WaitOutcome.Cancelled or WaitOutcome.Destroyed) _thread.ThrowCancelled();
        _thread.Outcome = WaitOutcome.Taken;
        return outcome == WaitOutcome.Taken;
    }

    readonly void IUserAwaiter.Suspend(Frame frame)
    {
        _thread.Suspend(frame, _suspendAs);
        _thread.RequestTime = _deadline;
        _thread.RequestObject = _object;
    }

    readonly void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    readonly void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}
