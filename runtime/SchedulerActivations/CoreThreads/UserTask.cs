using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// What a user thread's methods return: an <c>async UserTask</c> method runs on the user thread that calls it, is
/// suspended and resumed with it, and costs an allocation only when it is suspended.
/// </summary>
/// <remarks>
/// A user thread does one thing at a time: a call must be awaited before the next one is made. For work beside it,
/// <see cref="ThreadContext.Spawn(Func{ThreadContext, UserTask}, string, int?)"/> a thread.
/// </remarks>
[AsyncMethodBuilder(typeof(UserTaskMethodBuilder))]
public readonly struct UserTask : IEquatable<UserTask>
{
    internal readonly Frame? Frame;

    internal UserTask(Frame frame) => Frame = frame;

    /// <summary>Whether the method has ended.</summary>
    public bool IsCompleted => Frame is null || Frame.Completed;

    /// <summary>Lets <c>await</c> work.</summary>
    public Awaiter GetAwaiter() => new(this);

    /// <inheritdoc/>
    public bool Equals(UserTask other) => ReferenceEquals(Frame, other.Frame);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is UserTask other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Frame?.GetHashCode() ?? 0;

    /// <summary>Whether both are the same call.</summary>
    public static bool operator ==(UserTask left, UserTask right) => left.Equals(right);

    /// <summary>Whether they are different calls.</summary>
    public static bool operator !=(UserTask left, UserTask right) => !left.Equals(right);

    /// <summary>Awaits a <see cref="UserTask"/>.</summary>
    public readonly struct Awaiter : IUserAwaiter
    {
        private readonly UserTask _task;

        internal Awaiter(UserTask task) => _task = task;

        /// <summary>Whether the method has ended.</summary>
        public bool IsCompleted => _task.IsCompleted;

        /// <summary>Ends the await.</summary>
        public void GetResult() => _task.Frame?.Exception?.Throw();

        void IUserAwaiter.Suspend(Frame frame) => CallSuspension.Await(_task.Frame!, frame);

        void INotifyCompletion.OnCompleted(Action continuation) => throw NotInUserThread();

        void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw NotInUserThread();
    }

    internal static InvalidOperationException NotInUserThread() => new(
        "A user thread's operation can be awaited in an 'async UserTask' method only; this method returns something else (Task?).");
}

/// <summary>As <see cref="UserTask"/>, with a result.</summary>
/// <typeparam name="TResult">What the method returns.</typeparam>
[AsyncMethodBuilder(typeof(UserTaskMethodBuilder<>))]
public readonly struct UserTask<TResult> : IEquatable<UserTask<TResult>>
{
    internal readonly Frame<TResult>? Frame;
    private readonly TResult? _result;

    internal UserTask(Frame<TResult> frame) => Frame = frame;

    internal UserTask(TResult result) => _result = result;

    /// <summary>Whether the method has ended.</summary>
    public bool IsCompleted => Frame is null || Frame.Completed;

    /// <summary>Lets <c>await</c> work.</summary>
    public Awaiter GetAwaiter() => new(this);

    /// <inheritdoc/>
    public bool Equals(UserTask<TResult> other) => ReferenceEquals(Frame, other.Frame) && EqualityComparer<TResult>.Default.Equals(_result, other._result);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is UserTask<TResult> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Frame, _result);

    /// <summary>Whether both are the same call or the same result.</summary>
    public static bool operator ==(UserTask<TResult> left, UserTask<TResult> right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(UserTask<TResult> left, UserTask<TResult> right) => !left.Equals(right);

    /// <summary>Awaits a <see cref="UserTask{TResult}"/>.</summary>
    public readonly struct Awaiter : IUserAwaiter
    {
        private readonly UserTask<TResult> _task;

        internal Awaiter(UserTask<TResult> task) => _task = task;

        /// <summary>Whether the method has ended.</summary>
        public bool IsCompleted => _task.IsCompleted;

        /// <summary>Ends the await and gives the result.</summary>
        public TResult GetResult()
        {
            if (_task.Frame is not { } frame) return _task._result!;
            frame.Exception?.Throw();
            return frame.Result!;
        }

        void IUserAwaiter.Suspend(Frame frame) => CallSuspension.Await(_task.Frame!, frame);

        void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

        void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
    }
}

/// <summary>An awaiter that knows how to suspend a user thread; the method builders call it without boxing.</summary>
internal interface IUserAwaiter : ICriticalNotifyCompletion
{
    /// <summary>Suspends the thread whose method is kept in <paramref name="frame"/>.</summary>
    void Suspend(Frame frame);
}

internal static class CallSuspension
{
    /// <summary>A method awaits another method of the same thread, which has suspended the thread already.</summary>
    public static void Await(Frame called, Frame caller)
    {
        caller.Thread = called.Thread;
        called.Awaiting = caller;
    }
}
