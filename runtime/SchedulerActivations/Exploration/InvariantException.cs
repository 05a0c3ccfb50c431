using System.Diagnostics.CodeAnalysis;

namespace SchedulerActivations.Exploration;

/// <summary>Something is not as a synchronization object promises: two threads hold one mutex, say.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Only a checked program makes it.")]
public sealed class InvariantException : Exception
{
    internal InvariantException(string message) : base(message) { }
}
