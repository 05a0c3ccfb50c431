using System.Diagnostics.CodeAnalysis;

namespace SchedulerActivations.CoreThreads;

/// <summary>Something was sent into a channel that is closed, or received from one that is closed and empty.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Only channels make it.")]
public sealed class UserChannelClosedException : InvalidOperationException
{
    internal UserChannelClosedException(string message) : base(message)
    {
    }
}
