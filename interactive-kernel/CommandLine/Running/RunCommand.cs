using System.CommandLine;

namespace SchedulerActivations.CommandLine.Running;

/// <summary><c>lab run NOTEBOOK</c></summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var notebook = new Argument<string>("NOTEBOOK") { Description = "The notebook to run, a file that ends in .ipynb. It is not changed." };
        var html = new Option<string?>("--html") { Description = "Also write a page that shows everything without Jupyter and without a network.", HelpName = "FILE" };
        var output = new Option<string?>("--output", "-o") { Description = "Where the executed notebook goes. [default: NOTEBOOK with .executed.ipynb at its end]", HelpName = "FILE" };
        var timeout = new Option<double?>("--timeout") { Description = "How long one cell may take; it is then stopped and counts as failed. [default: for ever]", HelpName = "SECONDS" };
        var command = new Command("run", "Runs a notebook from top to bottom, in its own folder, and stops at the first cell that fails.") { notebook, html, output, timeout };
        command.SetAction((parsed, _) => LabCommand.ReportAsync(async () =>
        {
            using var ctrlC = new CtrlC();
            var exitCode = await NotebookRun.RunAsync(
                new(parsed.GetRequiredValue(notebook), parsed.GetValue(html), parsed.GetValue(output), parsed.GetValue(timeout)),
                ctrlC.Pressed);
            return exitCode == ExitCode.Cancelled ? ctrlC.ExitCode : exitCode;
        }));
        return command;
    }
}
