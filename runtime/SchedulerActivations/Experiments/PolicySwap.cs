namespace SchedulerActivations.Experiments;

/// <summary>Another policy takes a run over: as it is planned in an <see cref="Experiment"/>, and as it happened in an <see cref="ExperimentResult"/>.</summary>
/// <param name="Time">When, on the machine's clock from the start of the run.</param>
/// <param name="Policy">The policy that schedules from then on. It is told of every thread by OnCreated, of the ready ones by OnReady, and of those that run when they reach a safepoint.</param>
public sealed record PolicySwap(TimeSpan Time, Component Policy)
{
    /// <summary>In a result: set when this policy broke its contract; round robin scheduled from then on.</summary>
    public PolicyEjection? Ejection { get; init; }
}
