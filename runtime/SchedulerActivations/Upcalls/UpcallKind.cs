namespace SchedulerActivations.Upcalls;

/// <summary>The upcalls: what a kernel reports to the application (section 3.1 of the paper).</summary>
public enum UpcallKind : byte
{
    /// <summary>A new activation carries the virtual processor.</summary>
    New,
    /// <summary>An activation blocked in the kernel.</summary>
    Block,
    /// <summary>Blocked activations can go on when the application asks for it.</summary>
    Unblock,
    /// <summary>An unblocked activation was restarted.</summary>
    Restart,
    /// <summary>The time slice that the policy armed is over.</summary>
    Timer,
}
