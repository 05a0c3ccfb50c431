using System.Diagnostics.CodeAnalysis;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A channel: threads send items into it and others receive them, in the order in which they were sent. Bounded: a
/// sender waits while it is full; with capacity 0, until a receiver takes the item from it. Unbounded: senders never wait.
/// </summary>
/// <example>
/// <code>
/// var numbers = new UserChannel&lt;int&gt;(capacity: 16);
/// t.Spawn(async c => { for (var i = 0; i &lt; 10; i++) await c.Send(numbers, i); c.Close(numbers); });
/// while (await t.ReceiveNext(numbers) is { HasItem: true } next) sum += next.Item;
/// </code>
/// </example>
/// <remarks>
/// POSIX has none; as Go's channels, but for closing: it is no error to close twice, and senders that wait learn of it
/// by a <see cref="UserChannelClosedException"/>. Items that were sent before are still received. Waiting senders and
/// receivers are served in the order in which they came. Nothing is allocated for a message once the channel has been in use.
/// </remarks>
/// <typeparam name="T">What is sent.</typeparam>
public sealed class UserChannel<T>
{
    private readonly Queue<T> _items = new();
    private readonly ThreadQueue _senders = new(ofCore: true), _receivers = new(ofCore: true);

    // Waits that are over, to be used again.
    private ChannelWait<T>? _unused;

    /// <summary>Makes an unbounded channel.</summary>
    public UserChannel() => Capacity = int.MaxValue;

    /// <summary>Makes a bounded channel.</summary>
    /// <param name="capacity">How many items it holds before senders wait; with 0 each send meets its receive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is negative.</exception>
    public UserChannel(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        Capacity = capacity;
    }

    /// <summary>How many items it holds before senders wait; <see cref="int.MaxValue"/> when it is unbounded.</summary>
    public int Capacity { get; }

    /// <summary>Number of items that have been sent and wait in it.</summary>
    public int Count => _items.Count;

    /// <summary>Whether nothing can be sent any more.</summary>
    public bool IsClosed { get; private set; }

    internal ChannelAnswer Send(UserThread by, T item)
    {
        if (IsClosed) return ChannelAnswer.Closed;
        if (_receivers.Dequeue() is { } receiver)
        {
            WaitOf(receiver).End(ChannelAnswer.Done, item);
            by.Scheduler.Announce(by, receiver);
            return ChannelAnswer.Done;
        }
        if (_items.Count >= Capacity) return ChannelAnswer.Wait;
        _items.Enqueue(item);
        return ChannelAnswer.Done;
    }

    internal ChannelAnswer Receive(UserThread by, [MaybeNull] out T item)
    {
        var buffered = _items.TryDequeue(out item);
        if (_senders.Dequeue() is { } sender)
        {
            // Its item is next when nothing was buffered, and else takes the place that has become free.
            var wait = WaitOf(sender);
            if (buffered) _items.Enqueue(wait.Item!);
            else item = wait.Item;
            wait.End(ChannelAnswer.Done, default);
            by.Scheduler.Announce(by, sender);
            return ChannelAnswer.Done;
        }
        return buffered ? ChannelAnswer.Done : IsClosed ? ChannelAnswer.Closed : ChannelAnswer.Wait;
    }

    internal void Close(UserThread by)
    {
        IsClosed = true;
        while ((_senders.Dequeue() ?? _receivers.Dequeue()) is { } waiter)
        {
            WaitOf(waiter).End(ChannelAnswer.Closed, default);
            by.Scheduler.Announce(by, waiter);
        }
    }

    internal ThreadQueue Waiters(bool sends) => sends ? _senders : _receivers;

    internal ChannelWait<T> BeginWait(bool sends, T? item)
    {
        var wait = _unused ?? new ChannelWait<T>(this);
        _unused = wait.NextUnused;
        wait.Begin(sends, item);
        return wait;
    }

    internal void EndWait(ChannelWait<T> wait)
    {
        wait.End(ChannelAnswer.Wait, default);
        wait.NextUnused = _unused;
        _unused = wait;
    }

    private static ChannelWait<T> WaitOf(UserThread thread) => (ChannelWait<T>)thread.RequestObject!;
}

/// <summary>What became of a send or a receive.</summary>
internal enum ChannelAnswer : byte
{
    /// <summary>It must wait.</summary>
    Wait,
    /// <summary>It is done.</summary>
    Done,
    /// <summary>The channel is closed; where something is received: and empty.</summary>
    Closed,
}
