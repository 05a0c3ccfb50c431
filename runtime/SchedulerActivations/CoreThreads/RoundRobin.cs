using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// Round robin: one queue, first in first out, a quantum. The core thread system's own policy (section 3.2 of the
/// paper): what runs when nobody says otherwise, and what takes over from a policy that breaks its contract.
/// </summary>
[Claims(PolicyClaims.WorkConserving | PolicyClaims.FirstInFirstOut)]
public sealed class RoundRobin : SchedulingPolicy
{
    /// <summary>How long a thread may run while others wait.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromMilliseconds(4);

    /// <inheritdoc/>
    protected internal override void OnReady(UserThread thread, ReadyReason reason) => Queue.Enqueue(thread);

    /// <inheritdoc/>
    protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => Queue.Dequeue();

    /// <summary>Its queue, for a core that needs no callbacks.</summary>
    internal ThreadQueue Queue { get; } = new();

    /// <inheritdoc/>
    protected internal override TimeSpan Quantum(UserThread thread) => TimeSlice;
}
