namespace SchedulerActivations.Experiments;

/// <summary>How far a run has come.</summary>
/// <param name="Elapsed">Time since its start, on the machine's clock.</param>
/// <param name="Total">The experiment's duration.</param>
/// <param name="Output">Text that the workload or the policy wrote to the console since the last report.</param>
public sealed record RunProgress(TimeSpan Elapsed, TimeSpan Total, string? Output = null);
