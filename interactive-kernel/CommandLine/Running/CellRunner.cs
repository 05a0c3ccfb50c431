using System.Diagnostics;
using SchedulerActivations.CommandLine.Notebooks;
using SchedulerActivations.JupyterKernel.Session;

namespace SchedulerActivations.CommandLine.Running;

/// <summary>Runs the code cells of a notebook one after the other.</summary>
internal sealed class CellRunner(ScriptSession session, NotebookFile notebook, TimeSpan timeout, RunProgress progress)
{
    private readonly DisplayedOutputs _displays = new();
    private int _executed;

    /// <summary>Runs until a cell fails, and returns what failed; null when nothing did. The outputs no longer change then.</summary>
    public async Task<FailedCell?> RunAllAsync(CancellationToken cancellation)
    {
        using var interrupt = cancellation.Register(session.Interrupt);
        foreach (var cell in notebook.Cells.Where(static cell => cell is { IsCode: true, IsSkipped: false }))
            cell.Reset();
        try
        {
            foreach (var cell in notebook.Cells.Where(static cell => cell.Runs))
            {
                if (cancellation.IsCancellationRequested)
                    return null;
                if (await RunAsync(cell, cancellation) is { } error && !cell.MayFail)
                    return new(cell, _executed, error);
            }

            return null;
        }
        finally
        {
            _displays.Close();
        }
    }

    private async Task<CellError?> RunAsync(NotebookCell cell, CancellationToken cancellation)
    {
        var number = ++_executed;
        cell.Json["execution_count"] = number;
        var output = new NotebookOutputs(cell, _displays);
        var watch = Stopwatch.StartNew();
        var outcome = await progress.ShowAsync(cell, number, () => ExecuteAsync(new(Cell.NameOf(number), cell.Source), output));
        if (outcome is CellOutcome.Succeeded { Result: { } result })
            output.Result(result, number);
        var error = (outcome as CellOutcome.Failed)?.Error;
        if (error is not null)
            output.Error(error);
        progress.Ended(cell, number, watch.Elapsed, error, cancellation.IsCancellationRequested, output.Texts());
        return error;
    }

    private async Task<CellOutcome> ExecuteAsync(Cell cell, NotebookOutputs output)
    {
        var running = session.ExecuteAsync(cell, output);
        try
        {
            return await running.WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            session.Interrupt();
            await running;
            var message = $"{cell.Name} did not end within {timeout.TotalSeconds} s, the limit that --timeout set.";
            return new CellOutcome.Failed(new("TimedOut", message, [message]));
        }
    }
}
