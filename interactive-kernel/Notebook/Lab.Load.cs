using System.Globalization;
using System.Text.Json;
using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Network;
using SchedulerActivations.Machines;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Notebook;

// Servers under load.
public static partial class Lab
{
    private const string Load = nameof(NetworkServer.RequestsPerSecond);

    /// <summary>
    /// Runs a server under one offered load after the other, and at each load all policies and machines in turn, so that what else
    /// the computer does meets all of them.
    /// </summary>
    /// <param name="policies">The policies to compare.</param>
    /// <param name="server">The server: <see cref="NetworkServer"/>, or a workload of one's own with connections and a setting <c>RequestsPerSecond</c>.</param>
    /// <param name="requestsPerSecond">The offered loads, in requests a second, ascending.</param>
    /// <param name="machines">The machines and peers; the simulated one by default. One that does not ask the policy is run once at each load. The peers, <see cref="Machines.KernelThreads"/> and <see cref="Machines.ThreadPool"/>, run <see cref="NetworkServer"/> only.</param>
    /// <param name="virtualProcessors">Number of virtual processors.</param>
    /// <param name="duration">Length of each run, in the machine's time; two seconds by default.</param>
    /// <param name="seed">Seed of everything random: at one load all see the same requests.</param>
    /// <param name="cancellation">Ends the runs early.</param>
    /// <returns>What the clients saw at each load. A run that fails is named in it and does not stop the others.</returns>
    /// <exception cref="ArgumentException">There is nothing to run, the workload has no setting for the load, or a peer cannot run it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The runs were cancelled or interrupted.</exception>
    /// <remarks>
    /// The chart's lowest panel is the share of the processors' time that threads computed which are not named like a connection: name the
    /// threads that serve after their connections (<c>w.Thread(connection.Name, …)</c>), as <see cref="NetworkServer"/> does; the work of others counts
    /// as computing beside the server.
    /// </remarks>
    public static async Task<LoadSweep> SweepLoadAsync(
        IReadOnlyList<SchedulingPolicy> policies, Workload server, IReadOnlyList<double> requestsPerSecond, IReadOnlyList<Machine>? machines = null,
        int virtualProcessors = 1, TimeSpan? duration = null, ulong seed = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(requestsPerSecond);
        if (policies.Count == 0) throw new ArgumentException("Name at least one policy to compare.", nameof(policies));
        if (machines is { Count: 0 }) throw new ArgumentException("Name at least one machine, or leave the machines out for the simulated one.", nameof(machines));
        if (requestsPerSecond.Count == 0) throw new ArgumentException("Name at least one offered load, in requests a second.", nameof(requestsPerSecond));
        if (requestsPerSecond.FirstOrDefault(load => !(load > 0) || !double.IsFinite(load), 1) is var wrong && wrong != 1)
            throw new ArgumentOutOfRangeException(nameof(requestsPerSecond), wrong, "An offered load must be a positive number of requests a second.");
        if (!Catalog.Describe(server).Parameters.ContainsKey(Load))
            throw new ArgumentException($"{server.GetType().Name} has no public settable property {Load}: give it one, from which its connections take their traffic.", nameof(server));
        RefusePeersOf(server, machines);
        var experiments =
            from load in requestsPerSecond.Distinct().Order()
            from machine in machines ?? [Machines.Simulated]
            from policy in machine.AsksPolicy ? policies : [policies[0]]
            select At(Describe(policy, server, machine, virtualProcessors, duration, seed), load);
        var runs = await new RunSeries([.. experiments], cancellation).RunAsync(stopAtFailure: false).ConfigureAwait(false);
        return new LoadSweep(runs.Results, runs.Failures);
    }

    // A trace would fill the memory and nobody looks at one of so many runs.
    private static Experiment At(Experiment experiment, double load)
    {
        experiment.Workload.Parameters[Load] = load;
        return experiment with { Tracing = false };
    }

    /// <summary>The offered load of a run, in requests a second.</summary>
    internal static double LoadOf(ExperimentResult result) => LoadOf(result.Experiment)!.Value;

    /// <summary>The offered load of an experiment; null where it has none.</summary>
    internal static double? LoadOf(Experiment experiment) => experiment.Workload.Parameters[Load] is { } load && load.GetValueKind() == JsonValueKind.Number ? load.GetValue<double>() : null;

    /// <summary>An offered load as tables and charts write it.</summary>
    internal static string LoadText(double load) => load.ToString("0.###", CultureInfo.InvariantCulture) + "/s";
}
