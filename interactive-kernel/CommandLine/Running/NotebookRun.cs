using SchedulerActivations.CommandLine.Html;
using SchedulerActivations.CommandLine.Notebooks;
using SchedulerActivations.JupyterKernel.Session;

namespace SchedulerActivations.CommandLine.Running;

/// <summary>Runs a notebook file and writes what came of it, also when a cell failed.</summary>
internal static class NotebookRun
{
    public static async Task<int> RunAsync(RunOptions options, CancellationToken cancellation)
    {
        var timeout = options.Timeout;
        var notebook = NotebookFile.Read(options.Notebook);
        var output = OutputFile.Check(options.OutputFile, "--output");
        if (output == Path.GetFullPath(options.Notebook) && options.Output is null)
            throw new LabException($"'{options.Notebook}' would be overwritten; name another file with --output, or this one to mean it.");
        var html = options.Html is null ? null : OutputFile.Check(options.Html, "--html");
        if (html is not null && (html == output || html == notebook.Path))
            throw new LabException($"--html '{options.Html}' would take a notebook's place; name another file.");
        // Made before the session takes the console for the cells.
        var progress = new RunProgress(notebook);

        // As in Jupyter, a notebook's relative paths start at the notebook.
        Environment.CurrentDirectory = Path.GetDirectoryName(Path.GetFullPath(options.Notebook))!;
        using var session = new ScriptSession();
        var failed = await new CellRunner(session, notebook, timeout, progress).RunAllAsync(cancellation);

        notebook.Write(output);
        progress.Wrote(output);
        if (html is not null)
        {
            OutputFile.Write(html, HtmlPage.Of(notebook));
            progress.Wrote(html);
        }

        progress.Finished(failed);
        if (cancellation.IsCancellationRequested)
            return ExitCode.Cancelled;
        return failed is null ? ExitCode.Done : ExitCode.CellFailed;
    }
}
