using SchedulerActivations.CommandLine.Notebooks;
using SchedulerActivations.JupyterKernel.Session;
using Spectre.Console;

namespace SchedulerActivations.CommandLine.Running;

/// <summary>Shows a run on the terminal: what runs now, and a line for each cell that has ended.</summary>
internal sealed class RunProgress
{
    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
    private readonly TextWriter _errors = Console.Error;
    private readonly string _folder = Environment.CurrentDirectory;
    private readonly int _cells;

    public RunProgress(NotebookFile notebook)
    {
        // Lines in a log are not broken: somebody will search them.
        if (!_console.Profile.Capabilities.Interactive)
            _console.Profile.Width = 400;
        _cells = notebook.Cells.Count(static cell => cell.Runs);
        _console.MarkupLineInterpolated($"[bold]{Path.GetFileName(notebook.Path)}[/]: {_cells} cells");
    }

    /// <summary>Shows a cell while it runs, where somebody watches.</summary>
    public async Task<CellOutcome> ShowAsync(NotebookCell cell, int number, Func<Task<CellOutcome>> run)
    {
        if (!_console.Profile.Capabilities.Interactive)
            return await run();
        var status = $"{Position(number)} {Markup.Escape(Title(cell))}";
        return await _console.Status().StartAsync(status, _ => run());
    }

    public void Ended(NotebookCell cell, int number, TimeSpan took, CellError? error, bool cancelled, IEnumerable<string> texts)
    {
        var mark = (error, cancelled) switch
        {
            (null, _) => "[green]ok    [/]",
            (_, true) => "[yellow]stopped[/]",
            _ when cell.MayFail => "[green]failed as it should[/]",
            _ => "[red]failed[/]",
        };
        _console.MarkupLine($"{Position(number)} {mark} {took.TotalSeconds,6:0.00} s  [grey]{Markup.Escape(Title(cell))}[/]");
        // Not through the console, which breaks lines.
        foreach (var text in texts)
            _console.Profile.Out.Writer.WriteLine(text.TrimEnd('\n'));
    }

    public void Wrote(string file) => _console.WriteLine($"wrote {Path.GetRelativePath(_folder, file) switch
    {
        var relative when relative.StartsWith("..", StringComparison.Ordinal) => file,
        var relative => relative,
    }}");

    /// <summary>Says which cell failed, as a compiler would say it: on standard error, in plain text.</summary>
    public void Finished(FailedCell? failed)
    {
        if (failed is null)
            return;
        _errors.WriteLine($"{JupyterKernel.Session.Cell.NameOf(failed.Number)} failed (cell {failed.Cell.Index + 1} of the notebook, counting text):");
        foreach (var line in failed.Error.Traceback)
            _errors.WriteLine("  " + line);
    }

    private string Position(int number) => $"[[{number.ToString().PadLeft(_cells.ToString().Length)}/{_cells}]]";

    private static string Title(NotebookCell cell)
    {
        var line = cell.Source.Split('\n').Select(static line => line.Trim()).First(static line => line.Length > 0);
        return line.Length > 60 ? line[..59] + "…" : line;
    }
}
