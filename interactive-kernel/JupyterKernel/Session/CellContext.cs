namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>The cell on whose behalf the running code works; it flows into the tasks and threads that the cell starts.</summary>
/// <remarks>
/// So output of a thread that cell 3 started stays with cell 3, also while cell 5 runs, and an interrupt of cell 3
/// stops the loops of its threads too. Code that suppressed the flow of its execution context is taken to work for the
/// latest cell.
/// </remarks>
internal sealed class CellContext(ICellOutput output, ICellInput? input, ChartLibrary charts, CancellationTokenSource interruption)
{
    private static readonly AsyncLocal<CellContext?> s_flowing = new();
    private static CellContext? s_latest;

    public static CellContext? Current => s_flowing.Value ?? Volatile.Read(ref s_latest);

    public ICellOutput Output { get; } = output;

    public WholeCharacters StandardOutput { get; } = new(output.WriteStandardOutput);

    public WholeCharacters StandardError { get; } = new(output.WriteStandardError);

    public ICellInput? Input { get; } = input;

    /// <summary>What is shown goes through here before it goes to <see cref="Output"/>.</summary>
    public ChartLibrary Charts { get; } = charts;

    /// <summary>Cancelled when the cell is interrupted.</summary>
    public CancellationToken Interruption { get; } = interruption.Token;

    public bool IsInterrupted => Interruption.IsCancellationRequested;

    /// <summary>Makes this the context of the calling thread and of everything that it starts.</summary>
    public void Enter()
    {
        s_flowing.Value = this;
        Volatile.Write(ref s_latest, this);
    }

    public void Interrupt()
    {
        CellCheck.Arm();
        interruption.Cancel();
    }

    public void ThrowIfInterrupted() => Interruption.ThrowIfCancellationRequested();
}
