namespace SchedulerActivations.Experiments;

/// <summary>
/// Threads that compute without end beside threads that answer events: the situation of the paper's introduction, in
/// which reactivity is won or lost.
/// </summary>
public sealed class ComputeAndIo : Workload
{
    /// <summary>Number of computing threads.</summary>
    public int ComputingThreads { get; set; } = 8;

    /// <summary>Work a computing thread does between two safepoints.</summary>
    public TimeSpan WorkBetweenSafepoints { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Number of threads that answer events, each at a port of its own.</summary>
    public int IoThreads { get; set; } = 2;

    /// <summary>Events a second at each port, on average (Poisson).</summary>
    public double EventsPerSecond { get; set; } = 100;

    /// <summary>Work that an event costs its thread.</summary>
    public TimeSpan WorkPerEvent { get; set; } = TimeSpan.FromMicroseconds(50);

    /// <inheritdoc/>
    protected internal override void Define(WorkloadDefinition w)
    {
        ArgumentNullException.ThrowIfNull(w);
        Validate();
        // First, so that they wait at their ports before the computing threads begin.
        for (var i = 1; i <= IoThreads; i++)
        {
            var port = w.Port($"port {i}", Traffic.Poisson(EventsPerSecond));
            w.Thread($"io {i}", async t =>
            {
                while (await t.Read(port) is not null) await t.Compute(WorkPerEvent);
            }, priority: 1);
        }
        w.Threads("compute", ComputingThreads, async t =>
        {
            while (true) await t.Compute(WorkBetweenSafepoints);
        });
    }

    private void Validate()
    {
        if (ComputingThreads < 0)
            throw new ArgumentOutOfRangeException(nameof(ComputingThreads), ComputingThreads, "The number of computing threads cannot be negative.");
        if (IoThreads < 0)
            throw new ArgumentOutOfRangeException(nameof(IoThreads), IoThreads, "The number of threads that answer events cannot be negative.");
        // Without work between safepoints virtual time would not pass.
        if (WorkBetweenSafepoints <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(WorkBetweenSafepoints), WorkBetweenSafepoints, "The work between two safepoints must be positive.");
        if (WorkPerEvent < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(WorkPerEvent), WorkPerEvent, "The work that an event costs cannot be negative.");
    }
}
