namespace SchedulerActivations.CoreThreads;

/// <summary>The states of a user thread.</summary>
/// <remarks>
/// <code>
///  New ──Created──▶ Ready ◀──Yielded, Preempted──┐
///                    │ ▲                         │
///      FindNextToRun │ │ Unblocked, Signaled     │
///                    ▼ │                         │
///                  Running ──────────────────────┘
///                    │ │
///                    │ └──system call, sleep, wait──▶ Blocked
///                    ▼
///                 Finished
/// </code>
/// </remarks>
public enum UserThreadState : byte
{
    /// <summary>Made, and not yet shown to the policy.</summary>
    New,
    /// <summary>Could run; the policy decides when.</summary>
    Ready,
    /// <summary>Runs on a virtual processor.</summary>
    Running,
    /// <summary>Waits for the kernel, for time or for another user thread.</summary>
    Blocked,
    /// <summary>Has ended.</summary>
    Finished,
}
