using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>An operation of a user thread, to be awaited.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "It is awaited, never compared.")]
public struct Operation : IUserAwaiter
{
    private readonly UserThread _thread;
    private readonly object? _object;
    private readonly long _time;
    private readonly Request _wanted;
    private Request _suspendAs;

    internal Operation(UserThread thread, Request wanted, long time, object? argument)
    {
        _thread = thread;
        _wanted = wanted;
        _time = time;
        _object = argument;
    }

    /// <summary>For the compiler.</summary>
    public readonly Operation GetAwaiter() => this;

    /// <summary>For the compiler. Does the operation where it can be done at once.</summary>
    public bool IsCompleted
    {
        get
        {
            _suspendAs = _thread.Scheduler.Begin(_thread, _wanted, _time, _object);
            return _suspendAs == Request.None;
        }
    }

    /// <summary>For the compiler.</summary>
    public readonly void GetResult()
    {
        if (_thread.CancelPending) CheckCancelled();
        if (_object is UserThread { Exception: { } exception } joined)
        {
            joined.Joined = true;
            exception.Throw();
        }
        if (_wanted == Request.Call && _thread.CallException is { } failure)
        {
            _thread.CallException = null;
            failure.Throw();
        }
    }

    // What took something in the end keeps it: the next await throws then.
    private readonly void CheckCancelled()
    {
        if (_thread.Outcome is WaitOutcome.Cancelled or WaitOutcome.Destroyed || _wanted is Request.Compute or Request.Sleep) _thread.ThrowCancelled();
    }

    readonly void IUserAwaiter.Suspend(Frame frame)
    {
        _thread.Suspend(frame, _suspendAs);
        _thread.RequestTime = _time;
        _thread.RequestObject = _object;
    }

    readonly void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    readonly void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}

/// <summary>A yield, to be awaited: apart from <see cref="Operation"/> because nothing may slow it down.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "It is awaited, never compared.")]
public readonly struct YieldOperation : IUserAwaiter
{
    private readonly UserThread _thread;

    internal YieldOperation(UserThread thread) => _thread = thread;

    /// <summary>For the compiler.</summary>
    public YieldOperation GetAwaiter() => this;

    /// <summary>For the compiler.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "The compiler calls it on an instance.")]
    public bool IsCompleted => false;

    /// <summary>For the compiler.</summary>
    public void GetResult()
    {
        if (_thread.CancelPending) _thread.ThrowCancelled();
    }

    void IUserAwaiter.Suspend(Frame frame) => _thread.Suspend(frame, Request.Yield);

    void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}
