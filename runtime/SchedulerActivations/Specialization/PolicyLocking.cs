namespace SchedulerActivations.Specialization;

/// <summary>How a policy's callbacks are kept apart; a policy declares it by <see cref="SchedulingPolicy.Locking"/>.</summary>
public enum PolicyLocking
{
    /// <summary>One lock for all virtual processors: callbacks never overlap.</summary>
    OneForAll,
    /// <summary>One for each virtual processor: callbacks on different ones may overlap.</summary>
    OnePerVirtualProcessor,
}
