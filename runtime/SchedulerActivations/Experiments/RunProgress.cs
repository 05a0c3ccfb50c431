namespace SchedulerActivations.Experiments;

/// <summary>How far a run has come.</summary>
/// <param name="Elapsed">Time since its start, on the machine's clock.</param>
/// <param name="Total">The experiment's duration.</param>
/// <param name="Output">Text that the workload or the policy wrote to the console since the last report.</param>
/// <param name="Waiting">What is waited for before the run begins; null when it has begun.</param>
public sealed record RunProgress(TimeSpan Elapsed, TimeSpan Total, string? Output = null, string? Waiting = null);
