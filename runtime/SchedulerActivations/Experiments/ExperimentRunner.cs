using System.Diagnostics.CodeAnalysis;
using SchedulerActivations.Experiments.Workers;
using SchedulerActivations.Machines;

namespace SchedulerActivations.Experiments;

/// <summary>
/// Runs experiments: in this process where a simulated machine runs the library's own policies and workloads, in a worker
/// process where user code may block, hang or crash.
/// </summary>
/// <example>
/// <code>
/// var result = await ExperimentRunner.RunAsync(experiment);
/// Console.WriteLine(result.Reactivity.P99);
/// </code>
/// </example>
public static class ExperimentRunner
{
    /// <summary>Runs an experiment.</summary>
    /// <param name="experiment">What to run.</param>
    /// <param name="progress">Told a few times a second how far the run has come, and what user code in a worker wrote to the console.</param>
    /// <param name="cancellation">Ends the run early, at any moment.</param>
    /// <exception cref="ArgumentException">A number of the experiment is out of its range.</exception>
    /// <exception cref="ComponentException">The policy or the workload cannot be made or sent, or the workload threw.</exception>
    /// <exception cref="WorkerException">The worker died, hung or could not be started; nothing of it is left.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static Task<ExperimentResult> RunAsync(
        Experiment experiment, IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        experiment.Validate();
        cancellation.ThrowIfCancellationRequested();
        // A cell's code may hang or bring its process down on any machine; what comes with the library is trusted not to.
        return experiment.Machine.NeedsWorker || experiment.Components.Any(component => component.Image is not null)
            ? WorkerClient.RunAsync(WorkerLocation.Find(), experiment, progress, new WorkerBounds(), cancellation)
            : RunHereAsync(experiment, progress, cancellation);
    }

    /// <summary>Says what is missing on this computer for runs on a machine, and what to do; null when nothing is.</summary>
    public static string? FindMissing(Machine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return machine.Vm is { } vm ? VmLauncher.Missing(vm) : null;
    }

    /// <summary>Starts an experiment in a worker and does not wait for it: meanwhile another policy can take it over.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public static RunningExperiment Start(Experiment experiment, IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        experiment.Validate();
        return new RunningExperiment(experiment, progress, cancellation);
    }

    // A thread of its own: a run may take seconds and must not take one from the pool. It is left behind if user code
    // in it ignores the cancellation: a thread cannot be ended from outside.
    [SuppressMessage("Design", "CA1031", Justification = "The exception is handed to the caller.")]
    private static async Task<ExperimentResult> RunHereAsync(Experiment experiment, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        var run = new TaskCompletionSource<ExperimentResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                run.SetResult(Run(experiment, new ComponentCatalog(), new RunControl(), progress, cancellation));
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                run.SetCanceled(cancellation);
            }
            catch (Exception exception)
            {
                run.SetException(exception);
            }
        })
        { IsBackground = true, Name = "experiment" }.Start();

        using var overdue = new CancellationTokenSource();
        using var registration = cancellation.Register(() => overdue.CancelAfter(new WorkerBounds().Stop));
        try
        {
            return await run.Task.WaitAsync(overdue.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException("The run was cancelled.", cancellation);
        }
    }

    /// <summary>Runs an experiment on the calling thread; what the policy or the workload throws is blamed on its source line.</summary>
    internal static ExperimentResult Run(
        Experiment experiment, ComponentCatalog components, RunControl control, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            var result = experiment.Machine.Run(experiment, components, control, progress, cancellation);
            progress?.Report(new RunProgress(result.Elapsed, experiment.Duration));
            return result;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or ComponentException))
        {
            if ((components.Blame(experiment.Workload, exception) ?? components.Blame(experiment.Policy, exception)) is { } blamed) throw blamed;
            throw;
        }
        finally
        {
            control.End();
        }
    }
}
