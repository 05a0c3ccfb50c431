using System.Diagnostics.CodeAnalysis;

namespace SchedulerActivations.CoreThreads;

// Channels. Times are as for the other waits.
public readonly partial struct ThreadContext
{
    /// <summary>Sends an item into a channel, waiting while it is full.</summary>
    /// <exception cref="UserChannelClosedException">The channel is closed, or was closed meanwhile.</exception>
    /// <exception cref="UserThreadCancelledException">The thread was cancelled; nothing was sent.</exception>
    public SendOperation<T> Send<T>(UserChannel<T> channel, T item) => Send(channel, item, Timeout.InfiniteTimeSpan);

    /// <summary>Sends an item into a channel within a time; false when the time was over.</summary>
    /// <inheritdoc cref="Send{T}(UserChannel{T}, T)" path="/exception"/>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    public SendOperation<T> Send<T>(UserChannel<T> channel, T item, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return new SendOperation<T>(Thread, channel, item, Thread.Scheduler.Deadline(timeout));
    }

    /// <summary>Sends an item if the channel has room or a receiver waits; false when it has none or is closed.</summary>
    public bool TrySend<T>(UserChannel<T> channel, T item)
    {
        ArgumentNullException.ThrowIfNull(channel);
        using var core = new InCore(Thread);
        return channel.Send(Thread, item) == ChannelAnswer.Done;
    }

    /// <summary>Receives the next item of a channel, waiting while it is empty.</summary>
    /// <exception cref="UserChannelClosedException">The channel is closed and empty, or was closed meanwhile.</exception>
    /// <exception cref="UserThreadCancelledException">The thread was cancelled; nothing was received.</exception>
    public ReceiveOperation<T> Receive<T>(UserChannel<T> channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return new ReceiveOperation<T>(Thread, channel);
    }

    /// <summary>Receives the next item of a channel, or learns that no more will come: for loops over all items.</summary>
    /// <exception cref="UserThreadCancelledException">The thread was cancelled; nothing was received.</exception>
    public ReceiveNextOperation<T> ReceiveNext<T>(UserChannel<T> channel) => ReceiveNext(channel, Timeout.InfiniteTimeSpan);

    /// <summary>As <see cref="ReceiveNext{T}(UserChannel{T})"/>, for so long at most.</summary>
    /// <inheritdoc cref="ReceiveNext{T}(UserChannel{T})" path="/exception"/>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    public ReceiveNextOperation<T> ReceiveNext<T>(UserChannel<T> channel, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return new ReceiveNextOperation<T>(Thread, channel, Thread.Scheduler.Deadline(timeout));
    }

    /// <summary>Receives the next item if there is one.</summary>
    public bool TryReceive<T>(UserChannel<T> channel, [MaybeNullWhen(false)] out T item)
    {
        ArgumentNullException.ThrowIfNull(channel);
        using var core = new InCore(Thread);
        return channel.Receive(Thread, out item) == ChannelAnswer.Done;
    }

    /// <summary>Closes a channel: what is in it can still be received; threads that wait at it learn of it. Closing it again does nothing.</summary>
    public void Close<T>(UserChannel<T> channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        using var core = new InCore(Thread);
        channel.Close(Thread);
    }
}
