namespace SchedulerActivations.Machines.Simulated;

/// <summary>What the mechanisms of a kernel cost, in nanoseconds of virtual time: data, so that a run can be made with anybody's figures.</summary>
public sealed record CostModel
{
    /// <summary>What tables call it.</summary>
    public required string Name { get; init; }

    /// <summary>Time an interrupt takes from the interrupted code (the regular path of table 1).</summary>
    public required long Interrupt { get; init; }

    /// <summary>What an upcall adds to it (table 1).</summary>
    public required long Upcall { get; init; }

    /// <summary>What entering and leaving the kernel costs (table 2's getpid).</summary>
    public required long SystemCall { get; init; }

    /// <summary>Restarting an unblocked activation, from the start of the call to its first instruction (table 2).</summary>
    public required long Restart { get; init; }

    /// <summary>A switch between user threads (table 3's yield).</summary>
    public required long UserSwitch { get; init; }

    /// <summary>A switch between kernel threads (table 3's yield of libpthread).</summary>
    public required long KernelSwitch { get; init; }

    /// <summary>The paper's figures: Linux 2.4.19 on a Pentium 4 at 1.8 GHz (tables 1 to 3).</summary>
    public static readonly CostModel Paper2004 = new()
    {
        Name = "paper (Pentium 4, 2004)",
        Interrupt = 13_100,
        Upcall = 1_000,
        SystemCall = 920,
        Restart = 2_170,
        UserSwitch = 400,
        KernelSwitch = 1_160,
    };

    /// <summary>Everything is free: for comparisons with queueing theory.</summary>
    public static readonly CostModel Free = new()
    {
        Name = "free",
        Interrupt = 0,
        Upcall = 0,
        SystemCall = 0,
        Restart = 0,
        UserSwitch = 0,
        KernelSwitch = 0,
    };
}
