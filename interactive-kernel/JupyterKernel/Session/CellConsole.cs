namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Points <see cref="Console"/> at the running cell, once for the whole process.</summary>
internal static class CellConsole
{
    private static readonly Lock s_gate = new();
    private static TextWriter? s_processOutput;
    private static TextReader? s_processInput;

    /// <summary>The process's own standard error, for messages that belong to no cell.</summary>
    public static TextWriter ProcessError { get; private set; } = Console.Error;

    public static void Install()
    {
        lock (s_gate)
        {
            if (s_processOutput is not null)
                return;
            (s_processOutput, ProcessError, s_processInput) = (Console.Out, Console.Error, Console.In);
            Replace();
        }
    }

    /// <summary>Gives the cells to come a console of their own.</summary>
    /// <remarks>
    /// .NET puts a lock around each of the console's streams. A thread that an interrupted cell has left behind, say one
    /// that waits for a line, may hold that lock for ever; whoever comes next must not wait for it.
    /// </remarks>
    public static void Renew()
    {
        lock (s_gate)
            Replace();
    }

    private static void Replace()
    {
        Console.SetOut(new CellConsoleWriter(s_processOutput!, static cell => cell.StandardOutput));
        Console.SetError(new CellConsoleWriter(ProcessError, static cell => cell.StandardError));
        Console.SetIn(new CellConsoleReader(s_processInput!));
    }
}
