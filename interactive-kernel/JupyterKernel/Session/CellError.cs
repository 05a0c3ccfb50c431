namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>An error as notebooks know it: a name, a sentence, and lines that say where.</summary>
internal sealed record CellError(string Name, string Message, IReadOnlyList<string> Traceback)
{
    /// <summary>The name of the error of an interrupted cell.</summary>
    public const string InterruptedName = "Interrupted";

    /// <summary>The error of an interrupted cell; <paramref name="stillRuns"/> if its thread could not be stopped.</summary>
    public static CellError Interrupted(string cellName, bool stillRuns)
    {
        var message = stillRuns
            ? $"{cellName} was interrupted, but it is inside a system call or a library that does not listen, and still runs behind your back. Restart the kernel to be rid of it, above all before you measure anything."
            : $"{cellName} was interrupted. Its variables that were set until then keep their values.";
        return new(InterruptedName, message, [$"{InterruptedName}: {message}"]);
    }
}
