using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>A yield, to be awaited.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "It is awaited, never compared.")]
public readonly struct YieldOperation : IUserAwaiter
{
    /// <summary>For the compiler.</summary>
    public YieldOperation GetAwaiter() => this;

    /// <summary>For the compiler.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "The compiler calls it on an instance.")]
    public bool IsCompleted => false;

    /// <summary>For the compiler.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "The compiler calls it on an instance.")]
    public void GetResult() { }

    void IUserAwaiter.Suspend(Frame frame)
    {
        // A method that was suspended before is its thread's innermost one while it runs.
        if (frame.Thread is { Request: Request.None } thread) thread.Request = Request.Yield;
        else Carrier.CurrentThread.Suspend(frame, Request.Yield);
    }

    void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}
