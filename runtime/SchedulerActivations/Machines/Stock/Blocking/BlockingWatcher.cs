namespace SchedulerActivations.Machines.Stock;

/// <summary>Reports activations that block in a system call nobody declared.</summary>
/// <remarks>
/// <para>
/// One OS thread for a run. It sleeps until a watched thread leaves its processor; the kernel's record of that wakes
/// it. It then looks at all that it watches. A thread that is blocked in a user thread's code is given a *grace* to come back,
/// since most blocks are short (a lock handed over, a page read from memory) and a hand-over costs more than they do.
/// One that is still blocked when the grace is over is reported, once for each block.
/// </para>
/// <code>
///   switch-out of A ──wakes──► scan ── running, preempted, no user code, settled ─► sleep until the next switch-out
///                               │ blocked in user code
///                               ├── grace not over ──► sleep until it is, at most ──► scan
///                               ├── runnable, says /proc ──► settled: its return is only a matter of a processor
///                               └── otherwise ──► settled, and reported
/// </code>
/// <para>
/// A report may be late, and may be wrong a moment later: whoever gets one must make sure himself (see
/// <see cref="WatchedActivation.IsStillIn"/>). But a block that lasts is never missed. Each step of that: the ring
/// never loses its newest record; the record is published before the poller is woken; a wake-up that comes while we
/// scan is kept by epoll; the owner is asked after the record was read; a thread found runnable must return and leave anew, with a
/// new record, in order to block.
/// </para>
/// <para>
/// The garbage collector stops threads in the kernel too. It stops this thread as well, before it can run another
/// line: what it sees afterwards may be threads that the collector blocked and that have not got up yet. So after
/// each pause every thread is given some graces anew.
/// </para>
/// </remarks>
internal sealed partial class BlockingWatcher : IDisposable
{
    /// <summary>Long enough for a lock handed over between two processors, short against any input or output.</summary>
    /// <remarks>
    /// On the busy two-processor virtual machine where this was measured, waking another processor takes some 25 us. Of
    /// hand-offs of a lock there and back, 20 to 40 % were reported with a grace of 40 us, 2 to 15 % with 60 and 0.1 to
    /// 9 % with 80 (the high ends while others took the processors).
    /// </remarks>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromMicroseconds(60);

    /// <summary>How many graces a thread has to get up after a collector's pause: all wake at once, on few processors.</summary>
    private const int GracesAfterPause = 5;

    private readonly Action<WatchedActivation, SwitchState> _blocked;
    private readonly long _graceNanoseconds;
    private readonly WaitSet _waitSet = new();
    private readonly Thread _thread;
    private readonly object _changing = new();
    private WatchedActivation[] _watched = [];
    private volatile bool _stopping;

    /// <summary>Starts the watcher's thread.</summary>
    /// <param name="blocked">
    /// Told of each block, on the watcher's thread, holding no lock; may call anything here but <see cref="Dispose"/>.
    /// REQUIRES: short, does not block, does not throw.
    /// </param>
    /// <param name="grace">How long a block may last unreported; null is <see cref="DefaultGrace"/>.</param>
    public BlockingWatcher(Action<WatchedActivation, SwitchState> blocked, TimeSpan? grace = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grace ?? DefaultGrace, TimeSpan.Zero, nameof(grace));
        _blocked = blocked;
        _graceNanoseconds = (long)(grace ?? DefaultGrace).TotalNanoseconds;
        _thread = new Thread(Watch) { IsBackground = true, Name = "blocking watcher" };
        _thread.Start();
    }

    /// <summary>Begins to watch the thread of a recorder, which belongs to the result from now on.</summary>
    public WatchedActivation Watch(SwitchRecorder recorder, IWatched owner)
    {
        var activation = new WatchedActivation(this, recorder, owner);
        lock (_changing)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            // Listed first, then added: a block between the two is found by the scan that adding it causes.
            // Partner: Scan's read of the list.
            Volatile.Write(ref _watched, [.. _watched, activation]);
            _waitSet.Add((int)recorder.PerfEvent.DangerousGetHandle());
        }

        return activation;
    }

    /// <summary>Ends the watching. Blocked threads stay blocked, and their recorders open: those who watch dispose them.</summary>
    public void Dispose()
    {
        lock (_changing)
        {
            if (_stopping)
                return;
            _stopping = true;
        }

        _waitSet.Ring();
        _thread.Join();
        lock (_changing)
            _waitSet.Dispose();
    }

    /// <summary>Takes an activation off the list; false if it was off already.</summary>
    internal bool Forget(WatchedActivation activation)
    {
        lock (_changing)
        {
            var rest = Array.FindAll(_watched, other => other != activation);
            if (rest.Length == _watched.Length)
                return false;
            // A scan that goes on over the old list may still look at it: its ring then refuses to be read.
            Volatile.Write(ref _watched, rest);
            if (!_stopping)
                _waitSet.Remove((int)activation.Recorder.PerfEvent.DangerousGetHandle());
            return true;
        }
    }
}
