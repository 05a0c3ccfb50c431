using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Experiments;

/// <summary>Puts together what a run has measured.</summary>
internal static class ResultBuilder
{
    public static ExperimentResult Build(
        Experiment experiment, DateTimeOffset started, Scheduler scheduler, IReadOnlyList<Port> ports, long elapsed, IEnumerable<string> notes,
        IEnumerable<(string Name, long Count)>? counts = null)
    {
        return new ExperimentResult
        {
            Experiment = experiment,
            Environment = RunEnvironment.Capture(started),
            Elapsed = TimeSpan.FromTicks(elapsed / 100),
            Ports = [.. ports.Select(port => new PortReactivity(
                port.Name, port.Reactivity, port.Due.Count(due => due <= elapsed), port.Reactivity.Count))],
            Threads = [.. scheduler.All.Select(thread => new ThreadSummary(
                thread.Id, thread.Name, thread.State, thread.Work, thread.Joined || thread.EndedCancelled ? null : thread.Exception?.SourceException.ToString()))],
            Throughput = (double)scheduler.All.Sum(thread => thread.WorkNanoseconds) / (Math.Max(1, elapsed) * experiment.VirtualProcessors),
            Ejection = scheduler.FirstEjection,
            Swaps = [.. scheduler.Successions.Select((succession, i) => new PolicySwap(succession.Happened.Result, succession.Component)
            {
                Ejection = i == scheduler.Successions.Count - 1 ? scheduler.Ejection : succession.Ejection,
            })],
            Notes = [.. notes, .. Deadlock(scheduler)],
            Counters = scheduler.Counters.ToDictionary().Concat((counts ?? []).Select(count => KeyValuePair.Create(count.Name, count.Count))).ToDictionary(),
            Trace = scheduler.Trace?.ToTrace(ports, elapsed) ?? Trace.Empty,
        };
    }

    private static IEnumerable<string> Deadlock(Scheduler scheduler)
    {
        if (scheduler.Live.Count == 0 || scheduler.Live.Any(thread => !thread.WaitsForAnother)) yield break;
        var waits = scheduler.Live.OrderBy(thread => thread.Id).Take(10).Select(thread => $"{thread.Name} waits for {((IWaitable)thread.RequestObject!).Describe()}");
        yield return $"Deadlock: {string.Join("; ", waits)}.";
    }
}
