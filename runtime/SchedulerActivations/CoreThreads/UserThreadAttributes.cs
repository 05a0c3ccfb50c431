namespace SchedulerActivations.CoreThreads;

/// <summary>With what a thread is created (POSIX: <c>pthread_attr_t</c>). A thread has no stack of its own, so there is none to size.</summary>
public sealed record UserThreadAttributes
{
    /// <summary>Its name; null makes one of that of the thread that creates it and its <see cref="UserThread.Id"/>.</summary>
    public string? Name { get; init; }

    /// <summary>Its priority, for policies that look at it; null for the own one of the thread that creates it, without what that inherits.</summary>
    public int? Priority { get; init; }

    /// <summary>Whether nobody will join it.</summary>
    public bool Detached { get; init; }
}
