namespace SchedulerActivations.Experiments.Workers;

/// <summary>What a worker's exit code and last words say about how it ended.</summary>
internal static class WorkerEnd
{
    private static readonly Dictionary<int, string> Signals = new()
    {
        [1] = "SIGHUP",
        [2] = "SIGINT",
        [3] = "SIGQUIT",
        [4] = "SIGILL",
        [6] = "SIGABRT",
        [7] = "SIGBUS",
        [8] = "SIGFPE",
        [9] = "SIGKILL",
        [11] = "SIGSEGV",
        [13] = "SIGPIPE",
        [15] = "SIGTERM",
    };

    /// <param name="code">Its exit code; 128 and the signal's number for a signal.</param>
    /// <param name="killedBecause">Why it was ended from here; null if it was not.</param>
    /// <param name="lastWords">The last lines of its standard error.</param>
    /// <param name="cause">How the conversation broke off.</param>
    public static WorkerException Explain(int code, string? killedBecause, string lastWords, Exception cause)
    {
        var signal = code > 128 ? Signals.GetValueOrDefault(code - 128) : null;
        var what = killedBecause ?? (signal is null
            ? $"The worker ended in the middle of the run with exit code {code}."
            : $"The worker was ended by signal {signal} (exit code {code}) in the middle of the run.");
        var message = $"{what} {(killedBecause is null ? Advice(code, signal, lastWords) : "")}".TrimEnd()
            + (lastWords.Length == 0 ? "" : $"{System.Environment.NewLine}Its last words: {lastWords}");
        return new WorkerException(message, cause) { ExitCode = code, Signal = signal, LastWords = lastWords };
    }

    private static string Advice(int code, string? signal, string lastWords) => signal switch
    {
        "SIGKILL" => "Something outside ended it, often the kernel when memory runs out. Run it again; if it happens again, with a shorter duration, fewer threads or Tracing = false.",
        "SIGABRT" when lastWords.Contains("Stack overflow", StringComparison.Ordinal) => "The policy or the workload calls itself without end: look for the recursion in the lines below.",
        "SIGABRT" or "SIGSEGV" or "SIGBUS" => "The policy or the workload crashed it: an exception on a thread of its own that nobody caught, FailFast, or native code. The lines below say where.",
        null when code == 0 || lastWords.Length == 0 => "The policy or the workload called Environment.Exit, or something like it: it must not, the process is not its own.",
        null => "It could not go on; the lines below say why.",
        _ => "Something outside ended it. Run it again.",
    };
}
