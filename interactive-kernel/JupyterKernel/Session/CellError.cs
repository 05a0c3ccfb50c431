namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>An error as notebooks know it: a name, a sentence, and lines that say where.</summary>
internal sealed record CellError(string Name, string Message, IReadOnlyList<string> Traceback)
{
    /// <summary>The name of the error of an interrupted cell.</summary>
    public const string InterruptedName = "Interrupted";

    public static CellError Interrupted(string cellName)
    {
        var message = $"{cellName} was interrupted. Its variables that were set until then keep their values.";
        return new(InterruptedName, message, [$"{InterruptedName}: {message}"]);
    }
}
