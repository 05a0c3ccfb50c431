namespace SchedulerActivations.Experiments.Workers;

/// <summary>How long a worker is waited for.</summary>
internal sealed record WorkerBounds
{
    /// <summary>A worker that says nothing for so long hangs: it reports every second, whatever user code does.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How much longer than its duration a run may take: calibration, the end of the last threads, the transfer.</summary>
    public TimeSpan Overrun { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a cancelled worker has to end by itself.</summary>
    public TimeSpan Stop { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many times slower than the machine's clock a run may go.</summary>
    public int Slowdown { get; init; } = 1;

    /// <summary>The same for a worker in a VM, which may have to boot first and is emulated.</summary>
    public WorkerBounds InVm => this with { Silence = TimeSpan.FromMinutes(2), Overrun = TimeSpan.FromMinutes(3), Stop = TimeSpan.FromSeconds(20), Slowdown = 50 };
}
