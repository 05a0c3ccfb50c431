using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// The heap form of an async <see cref="UserTask"/> method that has been suspended at least once: where the thread goes
/// on, and which method awaits the result.
/// </summary>
internal abstract class Frame
{
    // The method that awaits this one; null for the thread's outermost method, or while nobody awaits it yet.
    public Frame? Awaiting;
    public UserThread? Thread;
    public ExceptionDispatchInfo? Exception;
    public bool Completed;

    public abstract void MoveNext();

    /// <summary>
    /// Ends the method. The awaiting method is not called from here, but by the thread's trampoline
    /// (<see cref="Scheduler.Resume"/>): a deep recursion unwinds without stack.
    /// </summary>
    public void Complete()
    {
        Completed = true;
        if (Awaiting is not null) Thread!.Frame = Awaiting;
    }

    public void Fail(Exception exception)
    {
        Exception = ExceptionDispatchInfo.Capture(exception);
        Complete();
    }
}

/// <summary>A method that failed before it was ever suspended: it has no state machine to keep.</summary>
internal sealed class FailedFrame : Frame
{
    public override void MoveNext() => throw new InvalidOperationException("A failed frame is never resumed.");
}

/// <summary>A frame with the result of its method.</summary>
internal abstract class Frame<TResult> : Frame
{
    public TResult? Result;
}

internal sealed class FailedFrame<TResult> : Frame<TResult>
{
    public override void MoveNext() => throw new InvalidOperationException("A failed frame is never resumed.");
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
