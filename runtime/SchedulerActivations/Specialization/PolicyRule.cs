namespace SchedulerActivations.Specialization;

/// <summary>The rules of a policy's contract; breaking one ejects the policy.</summary>
public enum PolicyRule
{
    /// <summary>A callback threw an exception.</summary>
    DoesNotThrow,
    /// <summary>A callback did not return within the watchdog's bound.</summary>
    Returns,
    /// <summary><see cref="SchedulingPolicy.FindNextToRun"/> answered with a thread that is not ready.</summary>
    PicksReadyThread,
    /// <summary><see cref="SchedulingPolicy.FindNextToRun"/> had nothing to run although a thread was ready and every virtual processor idle.</summary>
    ForgetsNoThread,
    /// <summary>A thread was left ready for longer than the watchdog's bound.</summary>
    StarvesNoThread,
    /// <summary><see cref="SchedulingPolicy.Quantum"/> gave a thread no time: nothing, or less.</summary>
    GrantsTime,
}
