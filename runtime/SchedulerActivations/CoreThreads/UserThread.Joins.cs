namespace SchedulerActivations.CoreThreads;

// Its end, as something that other threads wait for.
public sealed partial class UserThread : IWaitable
{
    // Who waits for it: nobody, one thread, or a ThreadQueue. Nearly always one.
    private object? _joiners;

    /// <summary>Takes the next thread that waits for this one's end; null when there is none.</summary>
    internal UserThread? TakeJoiner()
    {
        if (_joiners is null) return null;
        if (_joiners is ThreadQueue several) return several.Dequeue();
        var one = (UserThread)_joiners;
        _joiners = null;
        return one;
    }

    internal void AddJoiner(UserThread thread)
    {
        switch (_joiners)
        {
            case null:
                _joiners = thread;
                break;
            case ThreadQueue several:
                several.Enqueue(thread);
                break;
            default:
                var both = new ThreadQueue();
                both.Enqueue((UserThread)_joiners);
                both.Enqueue(thread);
                _joiners = both;
                break;
        }
    }

    bool IWaitable.TryTake(UserThread thread) => State == UserThreadState.Finished;

    void IWaitable.AddWaiter(UserThread thread) => AddJoiner(thread);

    bool IWaitable.RemoveWaiter(VirtualProcessor vp, UserThread thread)
    {
        if (_joiners == thread) _joiners = null;
        else (_joiners as ThreadQueue)?.Remove(thread);
        return true;
    }

    string IWaitable.Describe() => $"the end of {Name}";
}
