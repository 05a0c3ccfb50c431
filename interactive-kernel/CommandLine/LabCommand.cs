using System.CommandLine;
using SchedulerActivations.CommandLine.Jupyter;
using SchedulerActivations.CommandLine.Running;
using SchedulerActivations.CommandLine.Vm;

namespace SchedulerActivations.CommandLine;

/// <summary>The command line as a whole.</summary>
internal static class LabCommand
{
    public static RootCommand Create() => new("Runs notebooks of scheduling policies, with or without Jupyter.")
    {
        RunCommand.Create(),
        JupyterCommand.Create(),
        VmCommand.Create(),
    };

    /// <summary>Runs a command's work; what a person can put right becomes one line on standard error.</summary>
    public static async Task<int> ReportAsync(Func<Task<int>> work)
    {
        var error = Console.Error;
        try
        {
            return await work();
        }
        catch (LabException exception)
        {
            await error.WriteLineAsync($"lab: {exception.Message}");
            return ExitCode.Unusable;
        }
#pragma warning disable CA1031 // A mistake of ours. Told here: by now the console may be the cells'.
        catch (Exception exception)
        {
            await error.WriteLineAsync($"lab: something that should not happen has happened: {exception}");
            return ExitCode.Broken;
        }
#pragma warning restore CA1031
    }
}
