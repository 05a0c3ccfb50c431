using SchedulerActivations.Experiments.Workers;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Experiments;

/// <summary>
/// A run that goes on in a worker while its notebook does other things: its result, once it has ended, and another policy
/// for it at any time before. <see cref="ExperimentRunner.Start"/> makes one.
/// </summary>
/// <example>
/// <code>
/// var run = ExperimentRunner.Start(experiment);
/// await run.SwapAsync(new EventsFirst());
/// var result = await run.Result;
/// </code>
/// </example>
public sealed class RunningExperiment
{
    private readonly TaskCompletionSource<RunningWorker> _worker = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal RunningExperiment(Experiment experiment, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        Experiment = experiment;
        Result = WorkerClient.RunAsync(WorkerLocation.Find(), experiment, progress, new WorkerBounds(), cancellation, running: _worker.SetResult);
    }

    /// <summary>What was started.</summary>
    public Experiment Experiment { get; }

    /// <summary>The result; it fails as <see cref="ExperimentRunner.RunAsync"/> does.</summary>
    public Task<ExperimentResult> Result { get; }

    /// <summary>
    /// Has another policy schedule from now on; no thread is lost. The policy is told of every thread by OnCreated, of the
    /// ready ones by OnReady in the order in which they became ready, and of those that run by OnReady with
    /// <see cref="ReadyReason.Preempted"/> when they reach a safepoint. One that breaks its contract is ejected as any.
    /// </summary>
    /// <returns>The time at which it took over, on the machine's clock.</returns>
    /// <exception cref="ComponentException">The policy cannot be made or sent; the run goes on as before.</exception>
    /// <exception cref="InvalidOperationException">The run ended before the policy could take over, or its machine has no policy.</exception>
    public async Task<TimeSpan> SwapAsync(SchedulingPolicy policy)
    {
        if (!Experiment.Machine.AsksPolicy) throw new InvalidOperationException($"The machine '{Experiment.Machine.Name}' schedules by its own means: it has no policy that another one could take over from.");
        var components = new ComponentCatalog();
        var component = components.Describe(policy);
        var request = new SwapRequest(component, components.DependenciesOf(component));
        await Task.WhenAny(_worker.Task, Result).ConfigureAwait(false);
        var swap = Result.IsCompleted ? null : await (await _worker.Task.ConfigureAwait(false)).SwapAsync(request).ConfigureAwait(false);
        return swap?.Time ?? throw new InvalidOperationException($"{component.Name} could not take over: the run has ended.");
    }
}
