using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// A policy of the core thread system's own: one queue, first in first out but for what it says otherwise, and a quantum. It
/// neither hangs nor throws, so that the core can do without its callbacks where nobody else has to hear of a switch.
/// </summary>
public abstract class CorePolicy : SchedulingPolicy
{
    private protected CorePolicy() { }

    /// <summary>How long a thread may run while others wait.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromMilliseconds(4);

    internal ThreadQueue Queue { get; } = new();

    /// <inheritdoc/>
    protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => Queue.Dequeue();

    /// <inheritdoc/>
    protected internal override TimeSpan Quantum(UserThread thread) => TimeSlice;
}
