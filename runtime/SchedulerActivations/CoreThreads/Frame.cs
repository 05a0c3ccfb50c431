using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// The heap form of an async <see cref="UserTask"/> method that has been suspended at least once: where the thread goes
/// on, and which method awaits the result.
/// </summary>
internal abstract class Frame
{
    // The thread that the method runs on; null once the method has ended.
    public UserThread? Thread;

    // The method that awaits this one; null for the thread's outermost method, or while nobody awaits it yet. Of a method
    // that has failed: a FailedFrame.
    public Frame? Awaiting;

    /// <summary>Whether the method has ended.</summary>
    public bool Completed => Thread is null;

    /// <summary>What the method threw, once it has ended.</summary>
    public ExceptionDispatchInfo? Exception => (Awaiting as FailedFrame)?.Thrown;

    public abstract void MoveNext();

    /// <summary>
    /// Ends the method. The awaiting method is not called from here, but by the thread's trampoline
    /// (<see cref="Scheduler.Resume"/>): a deep recursion unwinds without stack.
    /// </summary>
    public void Complete()
    {
        // A method that failed before it was ever suspended has no thread and awaits nobody's return.
        if (Thread is null) return;
        Thread.Frame = Awaiting;
        if (Awaiting is null && Thread.Request != Request.None) Thread.EndUnawaited();
        Thread = null;
    }

    public void Fail(Exception exception)
    {
        var thrown = ExceptionDispatchInfo.Capture(exception);
        // Of the thread's outermost method nobody awaits the end.
        if (Awaiting is null && Thread is { } thread) thread.Exception = thrown;
        Complete();
        Awaiting = new FailedFrame(thrown);
    }
}

/// <summary>Stands for a method that has failed, in the place of the one that awaited it.</summary>
internal sealed class FailedFrame(ExceptionDispatchInfo thrown) : Frame
{
    public ExceptionDispatchInfo Thrown => thrown;

    public override void MoveNext() => throw new InvalidOperationException("A failed frame is never resumed.");
}

/// <summary>A method that ended before it was ever suspended: it has no state machine to keep.</summary>
internal sealed class EndedFrame : Frame
{
    public override void MoveNext() => throw new InvalidOperationException("An ended frame is never resumed.");
}

/// <summary>What is left of a thread whose outermost method ended while the thread waited.</summary>
internal sealed class EndingFrame : Frame
{
    public override void MoveNext() => Complete();
}

/// <summary>A frame with the result of its method.</summary>
internal abstract class Frame<TResult> : Frame
{
    public TResult? Result;
}

internal sealed class EndedFrame<TResult> : Frame<TResult>
{
    public override void MoveNext() => throw new InvalidOperationException("An ended frame is never resumed.");
}

/// <summary>A frame with its compiler-made state machine: one allocation for a method's whole life, none for a suspension.</summary>
internal sealed class MethodFrame<TStateMachine> : Frame where TStateMachine : IAsyncStateMachine
{
    public TStateMachine StateMachine = default!;

    public override void MoveNext() => StateMachine.MoveNext();
}

internal sealed class MethodFrame<TStateMachine, TResult> : Frame<TResult> where TStateMachine : IAsyncStateMachine
{
    public TStateMachine StateMachine = default!;

    public override void MoveNext() => StateMachine.MoveNext();
}
