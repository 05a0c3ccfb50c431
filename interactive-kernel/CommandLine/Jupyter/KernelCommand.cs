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
            return ExitCode.Done;
        }
        catch (InvalidDataException exception)
        {
            throw new LabException(exception.Message, exception);
        }
    }
}
