namespace SchedulerActivations.Experiments;

/// <summary>A stage of the way from an event to its handler: where the time of reactivity goes.</summary>
/// <param name="Name">From what to what.</param>
/// <param name="Histogram">How long it took, of each event for which a thread was waiting in the kernel.</param>
public sealed record ReactivityStage(string Name, ReactivityHistogram Histogram);
