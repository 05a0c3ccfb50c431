namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Brings the continuations of a cell's awaits back to the cell's thread, where an interrupt can reach them.</summary>
/// <remarks>
/// As long as the thread comes for them. One that waits for a task by other means than await (<c>task.Result</c>, <c>Wait()</c>,
/// a loop that asks whether it has ended) may wait for these very continuations. So what it has not taken after a moment goes to
/// the thread pool, as everything does in a program, and what follows goes there at once, until the thread is back.
/// </remarks>
#pragma warning disable CA1001 // A thread left behind goes on using the pump; a timer at rest holds nothing, the collector is enough.
internal sealed class CellPump : SynchronizationContext
#pragma warning restore CA1001
{
    // Long for a thread that is on its way here, short for a person.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(20);

    private readonly object _gate = new();
    private readonly Queue<Work> _work = [];
    private Place _thread = Place.Busy;
    private bool _isClosed;
    private bool _isAbandoned;
    private Timer? _patience;

    private enum Place
    {
        /// <summary>Waits for work here.</summary>
        Here,

        /// <summary>Runs the cell's code, from which it is expected back soon.</summary>
        Busy,

        /// <summary>Runs the cell's code and was waited for in vain.</summary>
        Away,
    }

    /// <summary>Runs the cell and its continuations on the calling thread until its task ends or the pump is abandoned.</summary>
    public void Run(Func<Task> body)
    {
        SetSynchronizationContext(this);
        _patience = new Timer(static pump => ((CellPump)pump!).HandOnWhatWaits(), this, Timeout.Infinite, Timeout.Infinite);
        try
        {
            var task = body();
            task.ContinueWith(static (_, pump) => ((CellPump)pump!).Close(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            while (TryTake(out var work))
                work.Callback(work.State);
            // An interrupt lets the thread go before that.
            if (task.IsCompleted)
                task.GetAwaiter().GetResult();
        }
        finally
        {
            // What an async void method throws arrives here as a callback's exception: it ends the cell, and not the cell's other tasks.
            Close();
            HandOnWhatWaits();
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        var work = new Work(this, d, state);
        lock (_gate)
        {
            if (_isAbandoned)
                return;
            if (!_isClosed && _thread != Place.Away)
            {
                _work.Enqueue(work);
                Monitor.Pulse(_gate);
                if (_thread == Place.Busy && _work.Count == 1)
                    _patience!.Change(s_patience, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        HandOn(work);
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Lets <see cref="Run"/> return; no continuation runs from now on: an interrupted cell does not go on behind its next await.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _isAbandoned = true;
            _work.Clear();
        }

        Close();
    }

    // Later continuations, those of tasks that the cell has left running, run on the thread pool.
    private void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }
    }

    private bool TryTake(out Work work)
    {
        lock (_gate)
        {
            _thread = Place.Here;
            while (_work.Count == 0 && !_isClosed)
                Monitor.Wait(_gate);
            _thread = Place.Busy;
            var taken = _work.TryDequeue(out work);
            if (_work.Count > 0)
                _patience!.Change(s_patience, Timeout.InfiniteTimeSpan);
            return taken;
        }
    }

    private void HandOnWhatWaits()
    {
        List<Work> waiting;
        lock (_gate)
        {
            if (_thread == Place.Here || _work.Count == 0)
                return;
            _thread = Place.Away;
            waiting = [.. _work];
            _work.Clear();
        }

        waiting.ForEach(HandOn);
    }

    private static void HandOn(Work work) => ThreadPool.QueueUserWorkItem(RunDetached, work, preferLocal: false);

    // An exception here has no cell left to fail; unhandled it would end the process and the session with it.
    private static void RunDetached(Work work)
    {
        // What it awaits comes back to the pump, and with it to the cell's thread when that is here again.
        SetSynchronizationContext(work.Pump);
        try
        {
            work.Callback(work.State);
        }
#pragma warning disable CA1031 // Whatever user code throws.
        catch (Exception exception)
        {
            Console.Error.WriteLine($"A task that a cell left running failed: {exception.GetType().Name}: {exception.Message}");
        }
#pragma warning restore CA1031
        finally
        {
            SetSynchronizationContext(null);
        }
    }

    private readonly record struct Work(CellPump Pump, SendOrPostCallback Callback, object? State);
}
