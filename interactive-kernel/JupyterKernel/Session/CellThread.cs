using System.Runtime;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>The thread of one cell, which can be stopped whatever the cell does.</summary>
/// <remarks>
/// Three means, each for what the others do not reach: an abort for a thread that computes (ControlledExecution),
/// Thread.Interrupt for one that waits in managed code, and closing the pump for a cell that awaits.
/// A thread in a system call is reached by none of them: it is left behind, and dies when the call returns.
/// </remarks>
#pragma warning disable CA1001 // A thread left behind goes on using both; they hold no handles, the collector is enough.
internal sealed class CellThread
#pragma warning restore CA1001
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abort = new();
    private readonly CellPump _pump = new();
    private readonly Func<Task> _body;
    private readonly Thread _thread;
    private int _interrupted;

    private CellThread(string name, Func<Task> body)
    {
        _body = body;
        // As much stack as a main thread has: recursion in a cell is as deep as in a program.
        _thread = new Thread(Run, 8 * 1024 * 1024) { IsBackground = true, Name = name };
    }

    /// <summary>Ends as the body ends, or is cancelled when the cell was interrupted.</summary>
    public Task Ended => _ended.Task;

    public static CellThread Start(string name, Func<Task> body)
    {
        var cell = new CellThread(name, body);
        cell._thread.Start();
        return cell;
    }

    /// <summary>Stops the cell. Returns at once; <see cref="Ended"/> says when it has happened.</summary>
    public void Interrupt()
    {
        if (Interlocked.Exchange(ref _interrupted, 1) != 0)
            return;
        _pump.Close();
        // Cancel() waits until the abort has been delivered, which can take for ever: hence a thread of its own.
        new Thread(_abort.Cancel) { IsBackground = true, Name = "Abort of " + _thread.Name }.Start();
        _thread.Interrupt();
        _ = LeaveBehindWhenStuckAsync();
    }

    private async Task LeaveBehindWhenStuckAsync()
    {
        await Task.WhenAny(_ended.Task, Task.Delay(s_patience)).ConfigureAwait(false);
        _ended.TrySetCanceled();
    }

    private void Run()
    {
        Exception? failure = null;
        try
        {
#pragma warning disable SYSLIB0046 // Made for exactly this: evaluating a cell that may not end.
            ControlledExecution.Run(RunBody, _abort.Token);
#pragma warning restore SYSLIB0046
        }
#pragma warning disable CA1031 // Whatever user code throws is the cell's outcome.
        catch (Exception exception)
        {
            failure = exception;
        }
#pragma warning restore CA1031

        // After an interrupt every end is an interrupted end, also one whose exceptions the cell has swallowed.
        if (Volatile.Read(ref _interrupted) != 0)
            _ended.TrySetCanceled();
        else if (failure is not null)
            _ended.TrySetException(failure);
        else
            _ended.TrySetResult();
    }

    private void RunBody()
    {
        SynchronizationContext.SetSynchronizationContext(_pump);
        var task = _body();
        _pump.RunUntilEndOf(task);
        if (task.IsCompleted)
            task.GetAwaiter().GetResult();
    }
}
