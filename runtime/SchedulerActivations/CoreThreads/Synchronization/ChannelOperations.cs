using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>A send into a channel, to be awaited: true when the item was sent, false when the time was over.</summary>
/// <typeparam name="T">What is sent.</typeparam>
[SuppressMessage("Performance", "CA1815", Justification = "It is awaited, never compared.")]
public struct SendOperation<T> : IUserAwaiter
{
    private ChannelCall<T> _call;

    internal SendOperation(UserThread thread, UserChannel<T> channel, T item, long deadline) => _call = new ChannelCall<T>(thread, channel, true, item, deadline);

    /// <summary>For the compiler.</summary>
    public readonly SendOperation<T> GetAwaiter() => this;

    /// <summary>For the compiler. Sends at once where that is possible.</summary>
    public bool IsCompleted => _call.Begin();

    /// <summary>For the compiler.</summary>
    public readonly bool GetResult() => _call.End(out _) switch
    {
        ChannelAnswer.Closed => throw new UserChannelClosedException("Nothing can be sent: the channel is closed."),
        var answer => answer == ChannelAnswer.Done,
    };

    readonly void IUserAwaiter.Suspend(Frame frame) => _call.Suspend(frame);

    readonly void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    readonly void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}

/// <summary>A receive from a channel, to be awaited: gives the item.</summary>
/// <typeparam name="T">What is received.</typeparam>
[SuppressMessage("Performance", "CA1815", Justification = "It is awaited, never compared.")]
public struct ReceiveOperation<T> : IUserAwaiter
{
    private ChannelCall<T> _call;

    internal ReceiveOperation(UserThread thread, UserChannel<T> channel) => _call = new ChannelCall<T>(thread, channel, false, default, Scheduler.NoDeadline);

    /// <summary>For the compiler.</summary>
    public readonly ReceiveOperation<T> GetAwaiter() => this;

    /// <summary>For the compiler. Receives at once where that is possible.</summary>
    public bool IsCompleted => _call.Begin();

    /// <summary>For the compiler.</summary>
    public readonly T GetResult() => _call.End(out var item) == ChannelAnswer.Done ? item!
        : throw new UserChannelClosedException("Nothing will be received any more: the channel is closed and empty.");

    readonly void IUserAwaiter.Suspend(Frame frame) => _call.Suspend(frame);

    readonly void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    readonly void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}

/// <summary>A receive from a channel that may end without an item, to be awaited.</summary>
/// <typeparam name="T">What is received.</typeparam>
[SuppressMessage("Performance", "CA1815", Justification = "It is awaited, never compared.")]
public struct ReceiveNextOperation<T> : IUserAwaiter
{
    private ChannelCall<T> _call;

    internal ReceiveNextOperation(UserThread thread, UserChannel<T> channel, long deadline) => _call = new ChannelCall<T>(thread, channel, false, default, deadline);

    /// <summary>For the compiler.</summary>
    public readonly ReceiveNextOperation<T> GetAwaiter() => this;

    /// <summary>For the compiler. Receives at once where that is possible.</summary>
    public bool IsCompleted => _call.Begin();

    /// <summary>For the compiler.</summary>
    public readonly Received<T> GetResult()
    {
        var answer = _call.End(out var item);
        return new Received<T>(answer == ChannelAnswer.Done, item, answer == ChannelAnswer.Closed);
    }

    readonly void IUserAwaiter.Suspend(Frame frame) => _call.Suspend(frame);

    readonly void INotifyCompletion.OnCompleted(Action continuation) => throw UserTask.NotInUserThread();

    readonly void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => throw UserTask.NotInUserThread();
}

/// <summary>What came of a receive that may end without an item.</summary>
/// <typeparam name="T">What is received.</typeparam>
/// <param name="HasItem">Whether there is an item.</param>
/// <param name="Item">The item, where there is one.</param>
/// <param name="IsClosed">Whether there is none because the channel is closed and empty; else the time was over.</param>
public readonly record struct Received<T>(bool HasItem, T? Item, bool IsClosed);
