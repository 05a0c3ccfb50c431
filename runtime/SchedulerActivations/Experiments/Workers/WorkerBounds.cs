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
}
