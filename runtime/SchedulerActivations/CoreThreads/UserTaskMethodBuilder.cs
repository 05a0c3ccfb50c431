using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>Builds <c>async UserTask</c> methods; for the compiler.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[SuppressMessage("Performance", "CA1815", Justification = "Only the compiler uses it; it is never compared.")]
public struct UserTaskMethodBuilder
{
    private Frame? _frame;

    /// <summary>For the compiler.</summary>
    public static UserTaskMethodBuilder Create() => default;

    /// <summary>For the compiler.</summary>
    public readonly UserTask Task => _frame is null ? default : new UserTask(_frame);

    /// <summary>For the compiler.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "The compiler calls it on an instance.")]
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine) where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    /// <summary>For the compiler.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "The compiler calls it on an instance.")]
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine) { }

    /// <summary>For the compiler.</summary>
    public readonly void SetResult() => _frame?.Complete();

    /// <summary>For the compiler.</summary>
    public void SetException(Exception exception) => (_frame ??= new EndedFrame()).Fail(exception);

    /// <summary>For the compiler.</summary>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion where TStateMachine : IAsyncStateMachine => Await(ref awaiter, ref stateMachine);

    /// <summary>For the compiler.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion where TStateMachine : IAsyncStateMachine => Await(ref awaiter, ref stateMachine);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Await<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion where TStateMachine : IAsyncStateMachine
    {
        if (_frame is { } frame) Suspension.Await(ref awaiter, frame);
        else AwaitFirst(awaiter, ref stateMachine);
    }

    // A method of its own, and by value, so that later suspensions keep everything in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AwaitFirst<TAwaiter, TStateMachine>(TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion where TStateMachine : IAsyncStateMachine
    {
        // The state machine moves to the heap, with this builder in it: the frame must be set before the copy.
        var frame = new MethodFrame<TStateMachine>();
        _frame = frame;
        frame.StateMachine = stateMachine;
        Suspension.Await(ref awaiter, frame);
    }
}

/// <summary>Builds <c>async UserTask&lt;TResult&gt;</c> methods; for the compiler.</summary>
/// <typeparam name="TResult">What the method returns.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
[SuppressMessage("Performance", "CA1815", Justification = "Only the compiler uses it; it is never compared.")]
[SuppressMessage("Design", "CA1000", Justification = "The compiler asks for it.")]
public struct UserTaskMethodBuilder<TResult>
{
    private Frame<TResult>? _frame;
    private TResult? _result;

    /// <summary>For the compiler.</summary>
    public static UserTaskMethodBuilder<TResult> Create() => default;

    /// <summary>For the compiler.</summary>
    public readonly UserTask<TResult> Task => _frame is null ? new UserTask<TResult>(_result!) : new UserTask<TResult>(_frame);

    /// <summary>For the compiler.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "The compiler calls it on an instance.")]
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine) where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    /// <summary>For the compiler.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "The compiler calls it on an instance.")]
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine) { }

    /// <summary>For the compiler.</summary>
    public void SetResult(TResult result)
    {
        if (_frame is null)
        {
            _result = result;
            return;
        }
        _frame.Result = result;
        _frame.Complete();
    }

    /// <summary>For the compiler.</summary>
    public void SetException(Exception exception) => (_frame ??= new EndedFrame<TResult>()).Fail(exception);

    /// <summary>For the compiler.</summary>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion where TStateMachine : IAsyncStateMachine => Await(ref awaiter, ref stateMachine);

    /// <summary>For the compiler.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion where TStateMachine : IAsyncStateMachine => Await(ref awaiter, ref stateMachine);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Await<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion where TStateMachine : IAsyncStateMachine
    {
        if (_frame is { } frame) Suspension.Await(ref awaiter, frame);
        else AwaitFirst(awaiter, ref stateMachine);
    }

    // A method of its own, and by value, so that later suspensions keep everything in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AwaitFirst<TAwaiter, TStateMachine>(TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion where TStateMachine : IAsyncStateMachine
    {
        // The state machine moves to the heap, with this builder in it: the frame must be set before the copy.
        var frame = new MethodFrame<TStateMachine, TResult>();
        _frame = frame;
        frame.StateMachine = stateMachine;
        Suspension.Await(ref awaiter, frame);
    }
}

internal static class Suspension
{
    /// <summary>Suspends the current user thread at an await: at one of our awaiters, or at a foreign one (a <see cref="System.Threading.Tasks.Task"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Await<TAwaiter>(ref TAwaiter awaiter, Frame frame) where TAwaiter : INotifyCompletion
    {
        if (awaiter is IUserAwaiter) ((IUserAwaiter)awaiter).Suspend(frame);
        else AwaitForeign(ref awaiter, frame);
    }

    private static void AwaitForeign<TAwaiter>(ref TAwaiter awaiter, Frame frame) where TAwaiter : INotifyCompletion
    {
        var thread = Carrier.CurrentThread;
        thread.Scheduler.Kernel.CheckForeignAwait();
        var foreign = new ForeignAwait(thread);
        thread.Suspend(frame, Request.Foreign);
        thread.RequestObject = foreign;
        awaiter.OnCompleted(foreign.Complete);
    }
}
