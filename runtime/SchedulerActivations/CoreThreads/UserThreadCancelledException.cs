using System.Diagnostics.CodeAnalysis;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// Thrown by a cancelled thread's next await. A thread that lets it pass ends by it; whoever joins the thread gets it
/// then, as POSIX gives <c>PTHREAD_CANCELED</c>, and the result does not list it as an error.
/// </summary>
[SuppressMessage("Design", "CA1032", Justification = "Only the core makes it.")]
public sealed class UserThreadCancelledException : OperationCanceledException
{
    internal UserThreadCancelledException(UserThread thread) : base($"Thread {thread.Name} was cancelled.") => Thread = thread;

    /// <summary>The thread that was cancelled.</summary>
    public UserThread Thread { get; }
}
