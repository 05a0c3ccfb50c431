using System.Diagnostics;

namespace SchedulerActivations.Machines.Stock;

/// <summary>What the watcher's thread does.</summary>
internal sealed partial class BlockingWatcher
{
    private const long Never = long.MaxValue;

    private TimeSpan _pausesSeen = GC.GetTotalPauseDuration();
    private int _collectionsSeen = GC.CollectionCount(0);
    private long _pauseGraceUntil;
    private BlockingWatcherCounts _counts;

    /// <summary>What the watcher has done so far; exact once it was disposed.</summary>
    public BlockingWatcherCounts Counts => _counts;

    private void Watch()
    {
        WatcherThreadTuning.Apply();
        var next = Never;
        while (true)
        {
            _waitSet.Wait(next == Never ? -1 : Math.Max(0, next - Stopwatch.GetTimestamp()));
            if (_stopping)
                return;
            _counts.WakeUps++;
            _ = NoticePause();
            next = Scan();
        }
    }

    /// <summary>Looks at everything; returns when to look again though nothing happened.</summary>
    private long Scan()
    {
        var next = Never;
        // Partner: Watch, which lists an activation before its switch-outs can wake us.
        foreach (var activation in Volatile.Read(ref _watched))
            next = Math.Min(next, Look(activation));
        return next;
    }

    private long Look(WatchedActivation activation)
    {
        try
        {
            var state = activation.Recorder.Read();
            // Asked after the record was read. Partner: whoever changes it.
            if (!state.IsBlocked || state.Episode == activation.SettledEpisode || !activation.Owner.RunsUserCode)
                return Never;

            var due = Math.Max(state.Since + _graceNanoseconds, _pauseGraceUntil);
            if (Stopwatch.GetTimestamp() < due)
                return due;

            var isAwaitingProcessor = activation.IsAwaitingProcessor();
            // That was a call: the collector may have held us at its end, and the thread too.
            if (NoticePause())
                return _pauseGraceUntil;
            activation.SettledEpisode = state.Episode;
            if (isAwaitingProcessor)
            {
                _counts.FoundRunnable++;
            }
            else if (activation.IsStillIn(state))
            {
                _counts.Reports++;
                _blocked(activation, state);
            }
        }
        catch (ObjectDisposedException)
        {
            // Forgotten while we looked.
        }

        return Never;
    }

    private bool NoticePause()
    {
        var pauses = GC.GetTotalPauseDuration();
        var collections = GC.CollectionCount(0);
        if (pauses == _pausesSeen && collections == _collectionsSeen)
            return false;
        _pausesSeen = pauses;
        _collectionsSeen = collections;
        _pauseGraceUntil = Stopwatch.GetTimestamp() + (GracesAfterPause * _graceNanoseconds);
        _counts.Pauses++;
        return true;
    }
}

/// <summary>What a watcher has done.</summary>
internal record struct BlockingWatcherCounts
{
    /// <summary>How often its thread woke.</summary>
    public long WakeUps { get; set; }

    /// <summary>Blocks reported.</summary>
    public long Reports { get; set; }

    /// <summary>Blocks not reported because the thread was only waiting for a processor again.</summary>
    public long FoundRunnable { get; set; }

    /// <summary>Pauses of the garbage collector after which everyone was given the grace anew.</summary>
    public long Pauses { get; set; }
}
