using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Machines.Simulated;

/// <summary>What a simulated virtual processor is doing.</summary>
internal enum ProcessorMode
{
    /// <summary>Nothing; it was revoked.</summary>
    Idle,
    /// <summary>In the kernel or in the core, where upcalls wait (the lock variable of section 4.2 is set).</summary>
    Busy,
    /// <summary>Computing for its thread; an upcall may interrupt it at any time.</summary>
    Computing,
}

/// <summary>A virtual processor's side of the simulation.</summary>
internal sealed class SimulatedProcessor(VirtualProcessor vp)
{
    public VirtualProcessor VirtualProcessor => vp;

    public ProcessorMode Mode;

    // When the stretch of computing began.
    public long Since;

    // Number of the event that the processor waits for: an older one that arrives later has been overtaken.
    public long Awaited;

    // Interrupts that came while it was busy and have still to be paid for.
    public long Stolen;

    // An upcall has been charged that has yet to be made: what comes until then is reported by it too.
    public bool UpcallIsDue;
}
