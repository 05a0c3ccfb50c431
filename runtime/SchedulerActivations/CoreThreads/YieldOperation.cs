using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>A yield, to be awaited.</summary>
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
