namespace SchedulerActivations.CoreThreads;

/// <summary>A send or a receive under way: what both awaiters do.</summary>
internal struct ChannelCall<T>
{
    private readonly UserThread _thread;
    private readonly UserChannel<T> _channel;
    private readonly long _deadline;
    private readonly bool _sends;
    private T? _item;
    private ChannelAnswer _answer;
    private ChannelWait<T>? _wait;

    public ChannelCall(UserThread thread, UserChannel<T> channel, bool sends, T? item, long deadline)
    {
        _thread = thread;
        _channel = channel;
        _sends = sends;
        _item = item;
        _deadline = deadline;
    }

    /// <summary>Does at once what can be done at once. True when the thread need not suspend.</summary>
    public bool Begin()
    {
        if (_thread.CancelPending) _thread.ThrowCancelled();
        using var core = new InCore(_thread);
        var scheduler = _thread.Scheduler;
        _answer = _sends ? _channel.Send(_thread, _item!) : _channel.Receive(_thread, out _item);
        if (_answer == ChannelAnswer.Wait && (_deadline == Scheduler.NoDeadline || _deadline > scheduler.Kernel.Now))
        {
            _wait = _channel.BeginWait(_sends, _item);
            _thread.SuspendAs = Request.Wait;
            return false;
        }
        _thread.SuspendAs = Scheduler.WantsSafepoint(_thread) ? Request.Safepoint : Request.None;
        return _thread.SuspendAs == Request.None;
    }

    public readonly void Suspend(Frame frame) => _thread.SuspendInWait(frame, _wait!, _deadline);

    /// <summary>What came of it; <see cref="ChannelAnswer.Wait"/> when the time was over.</summary>
    public readonly ChannelAnswer End(out T? item)
    {
        (var answer, item) = (_answer, _item);
        if (_wait is null) return answer;
        using (new InCore(_thread))
        {
            (answer, item) = (_wait.Answer, _wait.Item);
            _channel.EndWait(_wait);
        }
        if (_thread.Outcome == WaitOutcome.Cancelled) _thread.ThrowCancelled();
        _thread.Outcome = WaitOutcome.Taken;
        return answer;
    }
}
