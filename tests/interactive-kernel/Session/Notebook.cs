using SchedulerActivations.JupyterKernel.Session;

namespace SchedulerActivations.InteractiveKernel.Tests.Session;

/// <summary>A session and the cells executed in it, numbered from 1 as in a notebook.</summary>
internal sealed class Notebook : IDisposable
{
    private int _cells;

    public ScriptSession Session { get; } = new();

    public RecordedOutput Output { get; private set; } = new();

    public ICellInput? Input { get; init; }

    public Task<CellOutcome> RunAsync(string source, RecordedOutput? output = null)
    {
        Output = output ?? new RecordedOutput();
        return Session.ExecuteAsync(new Cell(Cell.NameOf(++_cells), source), Output, Input).WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async Task<string> ResultAsync(string source) => await RunAsync(source) switch
    {
        CellOutcome.Succeeded { Result: { } result } => result.Data["text/plain"],
        CellOutcome.Succeeded => "(no result)",
        CellOutcome.Failed failed => throw new Xunit.Sdk.XunitException("The cell failed:\n" + string.Join('\n', failed.Error.Traceback)),
        _ => throw new InvalidOperationException(),
    };

    public async Task<CellError> ErrorAsync(string source) =>
        Assert.IsType<CellOutcome.Failed>(await RunAsync(source)).Error;

    public void Dispose() => Session.Dispose();
}
