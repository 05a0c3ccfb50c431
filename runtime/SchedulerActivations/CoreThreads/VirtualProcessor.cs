namespace SchedulerActivations.CoreThreads;

/// <summary>
/// What a user thread runs on. The number of virtual processors is fixed for a run, and the kernel never takes one
/// away on its own (section 3.1 of the paper).
/// </summary>
public sealed partial class VirtualProcessor
{
    internal VirtualProcessor(Scheduler scheduler, int number)
    {
        Scheduler = scheduler;
        Number = number;
    }

    /// <summary>Its number, from 0.</summary>
    public int Number { get; }

    /// <summary>The thread that it runs, or null.</summary>
    public UserThread? Running { get; internal set; }

    /// <inheritdoc/>
    public override string ToString() => $"VP {Number}";

    internal Scheduler Scheduler { get; }
}
