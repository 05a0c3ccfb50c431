using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// Round robin: one queue, first in first out, a quantum. The core thread system's own policy (section 3.2 of the
/// paper): what runs when nobody says otherwise, and what takes over from a policy that breaks its contract.
/// </summary>
[Claims(PolicyClaims.WorkConserving | PolicyClaims.FirstInFirstOut)]
public sealed class RoundRobin : CorePolicy
{
    /// <inheritdoc/>
    protected internal override void OnReady(UserThread thread, ReadyReason reason) => Queue.Enqueue(thread);
}
