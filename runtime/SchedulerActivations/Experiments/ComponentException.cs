namespace SchedulerActivations.Experiments;

/// <summary>A policy or a workload cannot be described, made or sent; the message says which, why and what to do.</summary>
public sealed class ComponentException : Exception
{
    /// <summary>Makes an exception with a message.</summary>
    public ComponentException(string message) : base(message) { }

    /// <summary>Makes an exception with a message and its cause.</summary>
    public ComponentException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>Makes an exception without a message.</summary>
    public ComponentException() { }

    /// <summary>The cell or file of the source line that is to blame, where known.</summary>
    public string? Cell { get; init; }

    /// <summary>The source line (1-based), where known.</summary>
    public int? Line { get; init; }
}
