namespace SchedulerActivations.Machines.Stock;

/// <summary>One activation under a <see cref="BlockingWatcher"/>'s eyes; disposing it ends that, and its recorder.</summary>
internal sealed class WatchedActivation : IDisposable
{
    private readonly BlockingWatcher _watcher;
    private readonly ThreadStateFile _stateFile;
    private volatile bool _armed;

    internal WatchedActivation(BlockingWatcher watcher, SwitchRecorder recorder, object cookie)
    {
        _watcher = watcher;
        Recorder = recorder;
        Cookie = cookie;
        _stateFile = new ThreadStateFile(recorder.Tid);
    }

    public SwitchRecorder Recorder { get; }

    public object Cookie { get; }

    /// <summary>
    /// True while the code of a user thread runs on the activation: only then is a block reported. Off at first.
    /// </summary>
    /// <remarks>
    /// REQUIRES: only the watched OS thread itself writes it. Then it cannot change while that thread is blocked, and
    /// a watcher that reads the block first and the flag second knows what the flag was when the block began.
    /// Partner: <see cref="BlockingWatcher"/>'s scan; the kernel's switch-out, with its barrier, lies between.
    /// </remarks>
    public bool Armed
    {
        get => _armed;
        set => _armed = value;
    }

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
