using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments.Network;

namespace SchedulerActivations.Experiments;

/// <summary>Puts together what a run has measured.</summary>
internal static class ResultBuilder
{
    // Threads that a report names.
    private const int MostNamed = 10;

    public static ExperimentResult Build(
        Experiment experiment, DateTimeOffset started, Scheduler scheduler, WorkloadDefinition workload, long elapsed, long worked, IEnumerable<string> notes,
        IEnumerable<(string Name, long Count)>? counts = null, IReadOnlyList<ReactivityStage>? stages = null)
    {
        return new ExperimentResult
        {
            Experiment = experiment,
            Environment = RunEnvironment.Capture(started),
            Elapsed = TimeSpan.FromTicks(elapsed / 100),
            Ports = [.. workload.Ports.Select(port => port.Measure(elapsed))],
            Stages = stages ?? [],
            Threads = [.. scheduler.Listed.Select(thread => new ThreadSummary(
                thread.Id, thread.Name, thread.State, thread.Work, thread.Joined || thread.EndedCancelled ? null : thread.Exception?.SourceException.ToString()))],
            Throughput = (double)scheduler.Work / (Math.Max(1, worked) * experiment.VirtualProcessors),
            Network = NetworkLatency.Of(workload.Connections, elapsed),
            Ejection = scheduler.FirstEjection?.ForResult(),
            Swaps = [.. scheduler.Successions.Select((succession, i) => new PolicySwap(succession.Happened.Result, succession.Component)
            {
                Ejection = (i == scheduler.Successions.Count - 1 ? scheduler.Ejection : succession.Ejection)?.ForResult(),
            })],
            Notes = [.. notes, .. Unlisted(scheduler), .. Deadlock(scheduler)],
            Counters = scheduler.Counters.ToDictionary().Concat((counts ?? []).Select(count => KeyValuePair.Create(count.Name, count.Count))).ToDictionary(),
            Trace = scheduler.Trace?.ToTrace(workload.Ports, elapsed) ?? Trace.Empty,
        };
    }

    private static IEnumerable<string> Unlisted(Scheduler scheduler)
    {
        if (scheduler.Created > Scheduler.MaxListed)
            yield return $"There were {scheduler.Created} threads. Listed are the first {Scheduler.MaxListed}, those that lived at the end, and those that ended by an exception.";
    }

    private static IEnumerable<string> Deadlock(Scheduler scheduler)
    {
        if (scheduler.Live.Count == 0 || scheduler.Live.Any(thread => !thread.WaitsForAnother)) yield break;
        yield return $"Deadlock: {WhoWaits(scheduler)}.";
    }

    /// <summary>The first of the threads that have not ended, with what each waits for.</summary>
    public static string WhoWaits(Scheduler scheduler)
    {
        var threads = scheduler.Live.OrderBy(thread => thread.Id).Take(MostNamed).Select(thread => thread.WaitsForAnother
            ? $"{thread.Name} waits for {((IWaitable)thread.RequestObject!).Describe()}"
            : $"{thread.Name} is {thread.State}");
        return string.Join("; ", threads) + (scheduler.Live.Count > MostNamed ? $"; and {scheduler.Live.Count - MostNamed} more" : "");
    }
}
