namespace SchedulerActivations.CoreThreads;

/// <summary>One thread's wait at a channel, with the item that it brings or gets: nothing is boxed, and the channel uses it again.</summary>
internal sealed class ChannelWait<T>(UserChannel<T> channel) : IWaitable
{
    private bool _sends;

    public ChannelWait<T>? NextUnused { get; set; }

    public T? Item { get; private set; }

    public ChannelAnswer Answer { get; private set; }

    public void Begin(bool sends, T? item)
    {
        (_sends, Item, Answer, NextUnused) = (sends, item, ChannelAnswer.Wait, null);
    }

    public void End(ChannelAnswer answer, T? item) => (Answer, Item) = (answer, item);

    public bool TryTake(UserThread thread)
    {
        T? item = default;
        var answer = _sends ? channel.Send(thread, Item!) : channel.Receive(thread, out item);
        if (answer == ChannelAnswer.Wait) return false;
        End(answer, item);
        return true;
    }

    public void AddWaiter(UserThread thread) => channel.Waiters(_sends).Enqueue(thread);

    public bool RemoveWaiter(VirtualProcessor vp, UserThread thread)
    {
        channel.Waiters(_sends).Remove(thread);
        return true;
    }

    public string Describe() => _sends ? "a receiver at a full channel" : "an item from an empty channel";
}
