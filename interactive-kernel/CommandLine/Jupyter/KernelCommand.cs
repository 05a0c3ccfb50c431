using SchedulerActivations.JupyterKernel;

namespace SchedulerActivations.CommandLine.Jupyter;

/// <summary><c>lab jupyter kernel</c>, apart from the command line so that a kernel's start loads nothing else.</summary>
internal static class KernelCommand
{
    public static async Task<int> RunAsync(string connectionFile)
    {
        try
        {
            await JupyterHost.RunAsync(connectionFile);
        }
        catch (InvalidDataException exception)
        {
            throw new LabException(exception.Message, exception);
        }

        // Threads that cells have left behind must not keep the process.
        Environment.Exit(ExitCode.Done);
        return ExitCode.Done;
    }
}
