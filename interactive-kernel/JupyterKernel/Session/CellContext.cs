namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>The cell on whose behalf the running code works; it flows into the tasks and threads that the cell starts.</summary>
/// <remarks>
/// So output of a thread that cell 3 started stays with cell 3, also while cell 5 runs.
/// Code that suppressed the flow of its execution context is taken to work for the latest cell.
/// </remarks>
internal sealed class CellContext(ICellOutput output, ICellInput? input)
{
    private static readonly AsyncLocal<CellContext?> s_flowing = new();
    private static CellContext? s_latest;

    public static CellContext? Current => s_flowing.Value ?? Volatile.Read(ref s_latest);

    public ICellOutput Output { get; } = output;

    public ICellInput? Input { get; } = input;

    /// <summary>Makes this the context of the calling thread and of everything that it starts.</summary>
    public void Enter()
    {
        s_flowing.Value = this;
        Volatile.Write(ref s_latest, this);
    }

    /// <summary>Does something that a thread abort must not cut in half.</summary>
    /// <remarks>
    /// An interrupted cell's thread is aborted wherever it stands, except in a finally block. Every call from a cell
    /// into the host's own state (queues, outputs of a notebook) therefore goes through here.
    /// </remarks>
    public static void Uninterrupted(Action action)
    {
        try
        {
        }
        finally
        {
            action();
        }
    }
}
