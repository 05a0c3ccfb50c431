using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>A call that may block, to be awaited.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "It is awaited, never compared.")]
public readonly struct CallOperation : IUserAwaiter
{
    private readonly UserThread _thread;
    private readonly BlockingCall _call;

    internal CallOperation(UserThread thread, Action call)
    {
        _thread = thread;
        _call = new BlockingCall(call);
    }

    /// <summary>For the compiler.</summary>
    public CallOperation GetAwaiter() => this;

    /// <summary>For the compiler.</summary>
    public bool IsCompleted
    {
        get
        {
            if (_thread.CancelPending) _thread.ThrowCancelled();
            return false;
        }
    }

    /// <summary>For the compiler. Throws what the call threw.</summary>
    public void GetResult() => _call.Failure?.Throw();

    void IUserAwaiter.Suspend(Frame frame)
    {
        _thread.Suspend(frame, Request.Call);
        _thread.RequestObject = _call;
    }

    void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}

/// <summary>The call that a thread wants to make, and what became of it.</summary>
internal sealed class BlockingCall(Action call)
{
    public ExceptionDispatchInfo? Failure { get; private set; }

    [SuppressMessage("Design", "CA1031", Justification = "The exception is handed to the thread.")]
    public void Make()
    {
        try { call(); }
        catch (Exception exception) { Fail(exception); }
    }

    public void Fail(Exception exception) => Failure = ExceptionDispatchInfo.Capture(exception);
}
