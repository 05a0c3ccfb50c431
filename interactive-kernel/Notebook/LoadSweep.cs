using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Network;
using SchedulerActivations.Machines;
using SchedulerActivations.Machines.Simulated;

namespace SchedulerActivations.Notebook;

/// <summary>A server under one offered load after the other: shown as a table and as latency against offered load.</summary>
public sealed class LoadSweep : IMimeBundleSource
{
    /// <summary>Puts results side by side, also those of saved files.</summary>
    /// <param name="results">Results of workloads with connections and a setting <c>RequestsPerSecond</c>.</param>
    /// <param name="failures">Runs that came to no result.</param>
    /// <exception cref="ArgumentException">A result has no connections, or no offered load.</exception>
    public LoadSweep(IReadOnlyList<ExperimentResult> results, IReadOnlyList<FailedRun>? failures = null)
    {
        ArgumentNullException.ThrowIfNull(results);
        if (results.FirstOrDefault(result => result.Network is null) is { } silent)
            throw new ArgumentException($"{silent.Experiment.Workload.Name} has no connections (WorkloadDefinition.Connection): there is no latency to show.", nameof(results));
        if (results.FirstOrDefault(result => Lab.LoadOf(result.Experiment) is null) is { } unknown)
            throw new ArgumentException($"{unknown.Experiment.Workload.Name} has no setting {nameof(NetworkServer.RequestsPerSecond)}: there is no offered load to show its latency against.", nameof(results));
        Results = results;
        Failures = failures ?? [];
        Labels = new RunLabels(results, nameof(NetworkServer.RequestsPerSecond));
        Lines = [.. results.GroupBy(result => (Kernel: KernelOf(result), Server: ServerOf(result)))
            .Select(line => new LoadLine(line.Key.Kernel, line.Key.Server, [.. line.OrderBy(Lab.LoadOf)]))];
    }

    /// <summary>All results, in the order in which they were run.</summary>
    public IReadOnlyList<ExperimentResult> Results { get; }

    /// <summary>Runs that came to no result.</summary>
    public IReadOnlyList<FailedRun> Failures { get; }

    /// <summary>What they are called.</summary>
    internal RunLabels Labels { get; }

    /// <summary>The results by who scheduled, in the order of the first run of each.</summary>
    internal IReadOnlyList<LoadLine> Lines { get; }

    /// <summary>The results of one policy on a machine, or of a machine that asks no policy, by offered load.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="policy">The policy's name, as the table shows it; may be left out for a machine that asks none.</param>
    /// <exception cref="KeyNotFoundException">There are none; the message says which there are.</exception>
    public IReadOnlyList<ExperimentResult> this[Machine machine, string policy = ""]
    {
        get
        {
            var found = Results.Where(result => result.Experiment.Machine == machine && (!machine.AsksPolicy || Labels.Policy(result) == policy)).OrderBy(Lab.LoadOf).ToList();
            return found.Count > 0 ? found : throw new KeyNotFoundException($"No result of {policy} on {machine?.Name}. There are: "
                + string.Join("; ", Lines.Select(line => $"{line.Server} ({line.Kernel})")) + ".");
        }
    }

    /// <summary>Latency against offered load, a column for each kernel, and what the computing threads got beside.</summary>
    /// <exception cref="InvalidOperationException">No run came to a result.</exception>
    public Chart LatencyChart() => Lines.Count > 0 ? Notebook.LatencyChart.Of(Lines)
        : throw new InvalidOperationException("No run came to a result: there is no latency to draw.");

    /// <inheritdoc/>
    public MimeBundle ToMimeBundle() => LoadSweepReport.Of(this).ToMimeBundle();

    /// <summary>The table and the chart as HTML.</summary>
    public string ToHtml() => LoadSweepReport.Of(this).ToHtml();

    /// <summary>The table as plain text.</summary>
    public override string ToString() => LoadSweepReport.Of(this, withChart: false).ToText();

    // With its virtual processors where not all runs have as many.
    private string KernelOf(ExperimentResult result)
    {
        var kernel = result.Experiment.Machine is SimulatedMachine ? "simulated kernel" : result.Environment.Kernel;
        var processors = result.Experiment.VirtualProcessors;
        return Results.All(other => other.Experiment.VirtualProcessors == processors) ? kernel : $"{kernel}, {RunLabels.VirtualProcessors(processors)}";
    }

    // The machine is named where it is not clear from the kernel: two machines that ask the policy, on one kernel.
    private string ServerOf(ExperimentResult result)
    {
        if (!result.Experiment.Machine.AsksPolicy) return Labels.Machine(result).Replace("simulated, ", "", StringComparison.Ordinal);
        var machines = Results.Where(other => other.Experiment.Machine.AsksPolicy && KernelOf(other) == KernelOf(result)).Select(other => other.Experiment.Machine.Name).Distinct();
        return machines.Count() > 1 ? $"{Labels.Policy(result)}, {result.Experiment.Machine.Name}" : Labels.Policy(result);
    }
}

/// <summary>One server on one kernel under all loads: a line of the chart.</summary>
/// <param name="Kernel">The kernel, real or simulated.</param>
/// <param name="Server">The policy or the peer.</param>
/// <param name="Results">By offered load.</param>
internal sealed record LoadLine(string Kernel, string Server, IReadOnlyList<ExperimentResult> Results)
{
    /// <summary>Share of the processors' time that threads computed which are not named like a connection. What a thread did is not recorded without a trace.</summary>
    public static double Computing(ExperimentResult result)
    {
        var serving = result.Ports.Select(port => port.Port).ToHashSet();
        var all = result.Threads.Sum(thread => thread.Work.TotalSeconds);
        // Their part of the throughput, which counts the time after the end in which threads on a real machine compute to their next safepoint.
        return all == 0 ? 0 : result.Throughput * (result.Threads.Where(thread => !serving.Contains(thread.Name)).Sum(thread => thread.Work.TotalSeconds) / all);
    }

    /// <summary>Share of the requests that were answered in time.</summary>
    public static double Answered(NetworkLatency network) => network.Offered == 0 ? 1 : (double)network.Answered / network.Offered;
}
