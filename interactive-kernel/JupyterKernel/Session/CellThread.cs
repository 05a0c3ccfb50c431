namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>The thread of one cell, which can be stopped.</summary>
/// <remarks>
/// Three means, each for what the others do not reach: the checks in the cell's own loops (<see cref="CellCheck"/>) for
/// one that computes, Thread.Interrupt for one that waits in managed code, and abandoning the pump for one that awaits.
/// A thread in a system call or in a library's own endless loop is reached by none of them: it is left behind.
/// <para>
/// What would reach it is aborting the thread (ControlledExecution). It is not used: on .NET 10.0.12 the whole process
/// crashed in 17 of 33 runs of a hundred aborts each, whenever the thread allocated or called into the runtime, and
/// with it went every variable of the session. Restarting the kernel costs no more, and is the person's own choice.
/// </para>
/// </remarks>
internal sealed class CellThread
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CellPump _pump = new();
    private readonly CellContext _context;
    private readonly Func<Task> _body;
    private readonly Thread _thread;

    private CellThread(string name, CellContext context, Func<Task> body)
    {
        _context = context;
        _body = body;
        // As much stack as a main thread has: recursion in a cell is as deep as in a program.
        _thread = new Thread(Run, 8 * 1024 * 1024) { IsBackground = true, Name = name };
    }

    /// <summary>Ends as the body ends, or is cancelled when the cell was interrupted.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether the thread could not be stopped and still runs.</summary>
    public bool IsLeftBehind { get; private set; }

    public static CellThread Start(string name, CellContext context, Func<Task> body)
    {
        var cell = new CellThread(name, context, body);
        cell._thread.Start();
        return cell;
    }

    /// <summary>Stops the cell. Returns at once; <see cref="Ended"/> says when it has happened.</summary>
    public void Interrupt()
    {
        _context.Interrupt();
        _pump.Abandon();
        _thread.Interrupt();
        _ = LeaveBehindWhenStuckAsync();
    }

    private async Task LeaveBehindWhenStuckAsync()
    {
        if (await Task.WhenAny(_ended.Task, Task.Delay(s_patience)).ConfigureAwait(false) == _ended.Task)
            return;
        IsLeftBehind = true;
        _ended.TrySetCanceled();
    }

    private void Run()
    {
        Exception? failure = null;
        try
        {
            _context.Enter();
            _pump.Run(_body);
        }
#pragma warning disable CA1031 // Whatever user code throws is the cell's outcome.
        catch (Exception exception)
        {
            failure = exception;
        }
#pragma warning restore CA1031

        // After an interrupt every end is an interrupted end, also one whose exceptions the cell has swallowed.
        if (_context.IsInterrupted)
            _ended.TrySetCanceled();
        else if (failure is not null)
            _ended.TrySetException(failure);
        else
            _ended.TrySetResult();
    }
}
