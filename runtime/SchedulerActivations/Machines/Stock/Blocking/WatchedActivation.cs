namespace SchedulerActivations.Machines.Stock;

/// <summary>One activation under a <see cref="BlockingWatcher"/>'s eyes; disposing it ends that, and its recorder.</summary>
internal sealed class WatchedActivation : IDisposable
{
    private readonly BlockingWatcher _watcher;
    private readonly ThreadStateFile _stateFile;

    internal WatchedActivation(BlockingWatcher watcher, SwitchRecorder recorder, IWatched owner)
    {
        _watcher = watcher;
        Recorder = recorder;
        Owner = owner;
        _stateFile = new ThreadStateFile(recorder.Tid);
    }

    public SwitchRecorder Recorder { get; }

    public IWatched Owner { get; }

    /// <summary>Whether the activation is still in the very block that was reported: for the machine's handshake.</summary>
    public bool IsStillIn(SwitchState block)
    {
        var now = Recorder.Read();
        return now.IsBlocked && now.Episode == block.Episode;
    }

    public void Dispose()
    {
        if (!_watcher.Forget(this))
            return;
        Recorder.Dispose();
        _stateFile.Dispose();
    }

    /// <summary>The episode that was dealt with last: reported, or found to be over. Only the watcher's thread uses it.</summary>
    internal long SettledEpisode { get; set; }

    /// <summary>Whether the thread has been woken and waits for nothing but a processor, which no record tells.</summary>
    internal bool IsAwaitingProcessor() => _stateFile.SaysRunnable();
}

/// <summary>Whom a <see cref="BlockingWatcher"/> watches: an OS thread of a machine.</summary>
internal interface IWatched
{
    /// <summary>True while the code of a user thread runs on the OS thread: only then is a block reported.</summary>
    /// <remarks>
    /// REQUIRES: only the watched OS thread itself changes it. Then it cannot change while that thread is blocked, and
    /// a watcher that reads the block first and this second knows what it was when the block began.
    /// Partner: <see cref="BlockingWatcher"/>'s scan; the kernel's switch-out, with its barrier, lies between.
    /// </remarks>
    bool RunsUserCode { get; }
}
