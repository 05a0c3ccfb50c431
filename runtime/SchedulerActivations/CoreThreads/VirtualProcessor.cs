namespace SchedulerActivations.CoreThreads;

/// <summary>
/// What a user thread runs on. The number of virtual processors is fixed for a run, and the kernel never takes one
/// away on its own (section 3.1 of the paper).
/// </summary>
public sealed partial class VirtualProcessor
{
    // The slot of the running thread.
    private int _running;

    internal VirtualProcessor(Scheduler scheduler, int number)
    {
        Scheduler = scheduler;
        Number = number;
    }

    /// <summary>Its number, from 0.</summary>
    public int Number { get; }

    /// <summary>The thread that it runs, or null.</summary>
    public UserThread? Running
    {
        get => _running == 0 ? null : Scheduler.Live[_running];
        internal set => _running = value?.Slot ?? 0;
    }

    /// <inheritdoc/>
    public override string ToString() => $"VP {Number}";

    internal Scheduler Scheduler { get; }
}
