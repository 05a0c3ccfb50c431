namespace SchedulerActivations.Experiments;

/// <summary>
/// A worker process died, hung, could not be started or failed in a run. The message says what happened and what to do;
/// nothing of the worker is left.
/// </summary>
public sealed class WorkerException : Exception
{
    /// <summary>Makes an exception with a message.</summary>
    public WorkerException(string message) : base(message) { }

    /// <summary>Makes an exception with a message and its cause.</summary>
    public WorkerException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>Makes an exception without a message.</summary>
    public WorkerException() { }

    /// <summary>The worker's exit code, where it ended by itself or was killed; 128 and the signal's number for a signal.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended the worker, as <c>SIGKILL</c>; null where none did.</summary>
    public string? Signal { get; init; }

    /// <summary>The last lines the worker wrote to its standard error.</summary>
    public string LastWords { get; init; } = "";

    /// <summary>Stack trace of the exception inside the worker, where there was one.</summary>
    public string? RemoteDetails { get; init; }
}
