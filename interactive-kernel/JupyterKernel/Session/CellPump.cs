using System.Collections.Concurrent;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Brings the continuations of a cell's awaits back to the cell's thread, where an interrupt can reach them.</summary>
internal sealed class CellPump : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _work = [];
    private readonly Lock _closing = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_closing)
        {
            if (!_work.IsAddingCompleted)
            {
                _work.Add((d, state));
                return;
            }
        }

        // The cell has ended; what it left running (an un-awaited task, say) goes on without its thread.
        ThreadPool.QueueUserWorkItem(static item => RunDetached(item.Callback, item.State), (Callback: d, State: state), preferLocal: false);
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs continuations on the calling thread until the task ends or the pump is closed.</summary>
    public void RunUntilEndOf(Task task)
    {
        task.ContinueWith(static (_, pump) => ((CellPump)pump!).Close(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        foreach (var (callback, state) in _work.GetConsumingEnumerable())
            callback(state);
    }

    /// <summary>Lets <see cref="RunUntilEndOf"/> return; later continuations run on the thread pool.</summary>
    public void Close()
    {
        lock (_closing)
            _work.CompleteAdding();
    }

    public void Dispose() => _work.Dispose();

    // An exception here has no cell left to fail; unhandled it would end the process and the session with it.
    private static void RunDetached(SendOrPostCallback callback, object? state)
    {
        try
        {
            callback(state);
        }
#pragma warning disable CA1031 // Whatever user code throws.
        catch (Exception exception)
        {
            Console.Error.WriteLine($"A task that a cell left running failed: {exception.GetType().Name}: {exception.Message}");
        }
#pragma warning restore CA1031
    }
}
