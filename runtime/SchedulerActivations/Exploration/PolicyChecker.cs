using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Workers;

namespace SchedulerActivations.Exploration;

/// <summary>Checks policies under many schedules: in this process the library's own, in a worker a notebook cell's.</summary>
/// <example>
/// <code>
/// var result = await PolicyChecker.CheckAsync(new PolicyCheck { Policy = catalog.Describe(new Mine()) });
/// Console.WriteLine(result);
/// </code>
/// </example>
public static class PolicyChecker
{
    /// <summary>Makes a check.</summary>
    /// <param name="check">What to check and how thoroughly.</param>
    /// <param name="progress">Told a few times a second how far it has come.</param>
    /// <param name="cancellation">Ends the check early.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number of the check is out of its range.</exception>
    /// <exception cref="ComponentException">The policy or the workload cannot be made or sent, or the workload threw.</exception>
    /// <exception cref="WorkerException">The worker died or could not be started.</exception>
    /// <exception cref="OperationCanceledException">The check was cancelled.</exception>
    public static async Task<CheckResult> CheckAsync(PolicyCheck check, IProgress<CheckProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Validate();
        cancellation.ThrowIfCancellationRequested();
        if (check.Policy.Image is not null || check.Workload?.Image is not null)
            return await WorkerClient.CheckAsync(WorkerLocation.Find(), check, progress, new WorkerBounds(), cancellation).ConfigureAwait(false);
        return await Task.Factory.StartNew(() => Check(check, new ComponentCatalog(), progress, cancellation),
            cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
    }

    /// <summary>Makes a check on the calling thread; what the workload throws is blamed on its source line.</summary>
    internal static CheckResult Check(PolicyCheck check, ComponentCatalog components, IProgress<CheckProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            return Explorer.Check(check, components, progress, cancellation);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or ComponentException))
        {
            if (((check.Workload is { } workload ? components.Blame(workload, exception) : null) ?? components.Blame(check.Policy, exception)) is { } blamed) throw blamed;
            throw;
        }
    }
}
