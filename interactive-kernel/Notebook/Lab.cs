using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Network;
using SchedulerActivations.Exploration;
using SchedulerActivations.Machines;
using SchedulerActivations.Machines.Peers;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Notebook;

/// <summary>What people type in a cell to run their policies.</summary>
/// <example>
/// <code>
/// await Lab.RunAsync(new IoFirst(), new ComputeAndIo())
///
/// await Lab.CompareAsync([new RoundRobin(), new IoFirst()], new ComputeAndIo(),
///     [Machines.Simulated, Machines.Stock], virtualProcessors: [1, 2])
/// </code>
/// </example>
/// <remarks>
/// Policies and workloads are described as data before a run (type, settings, the cell's assembly) and made anew from
/// that: the object in the cell is never run itself and can be used any number of times.
/// </remarks>
public static partial class Lab
{
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(2);

    /// <summary>What this notebook knows of the assemblies of its cells.</summary>
    public static ComponentCatalog Catalog { get; } = new();

    /// <summary>Runs one experiment. The notebook's interrupt ends it.</summary>
    /// <param name="policy">Schedules the threads.</param>
    /// <param name="workload">The threads and their events.</param>
    /// <param name="machine">What executes the run; the simulated machine by default.</param>
    /// <param name="virtualProcessors">Number of virtual processors.</param>
    /// <param name="duration">Length of the run, in the machine's time; two seconds by default.</param>
    /// <param name="seed">Seed of everything random.</param>
    /// <param name="swaps">Policies that take over during the run, each with the time at which it does.</param>
    /// <param name="tracing">Whether every state change is recorded, for the timeline; it makes switches slower.</param>
    /// <param name="cancellation">Ends the run early.</param>
    /// <exception cref="ArgumentException">The machine is a peer and cannot run the workload.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled or interrupted.</exception>
    public static async Task<ExperimentResult> RunAsync(
        SchedulingPolicy policy, Workload workload, Machine? machine = null, int virtualProcessors = 1,
        TimeSpan? duration = null, ulong seed = 1, IReadOnlyList<(TimeSpan At, SchedulingPolicy Policy)>? swaps = null, bool tracing = true, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(workload);
        RefusePeersOf(workload, machine is null ? null : [machine]);
        var experiment = Describe(policy, workload, machine ?? Machines.Simulated, virtualProcessors, duration, seed, swaps) with { Tracing = tracing };
        var series = new RunSeries([experiment], cancellation);
        return (await series.RunAsync(stopAtFailure: true).ConfigureAwait(false)).Results[0];
    }

    /// <summary>Runs every policy on every machine with every number of virtual processors, one after the other, and puts the results side by side.</summary>
    /// <param name="policies">The policies to compare.</param>
    /// <param name="workload">The threads and their events, the same for all.</param>
    /// <param name="machines">The machines; the simulated one by default.</param>
    /// <param name="virtualProcessors">Numbers of virtual processors; 1 by default.</param>
    /// <param name="duration">Length of each run, in the machine's time; two seconds by default.</param>
    /// <param name="seed">Seed of everything random, the same for all: all see the same events.</param>
    /// <param name="cancellation">Ends the runs early.</param>
    /// <returns>The comparison. A run that fails is named in it and does not stop the others.</returns>
    /// <exception cref="ArgumentException">There is nothing to run, or a peer cannot run the workload.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The runs were cancelled or interrupted.</exception>
    public static async Task<Comparison> CompareAsync(
        IReadOnlyList<SchedulingPolicy> policies, Workload workload, IReadOnlyList<Machine>? machines = null,
        IReadOnlyList<int>? virtualProcessors = null, TimeSpan? duration = null, ulong seed = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(workload);
        if (policies.Count == 0) throw new ArgumentException("Name at least one policy to compare.", nameof(policies));
        if (machines is { Count: 0 }) throw new ArgumentException("Name at least one machine, or leave the machines out for the simulated one.", nameof(machines));
        if (virtualProcessors is { Count: 0 }) throw new ArgumentException("Name at least one number of virtual processors, or leave them out for 1.", nameof(virtualProcessors));
        RefusePeersOf(workload, machines);
        // A machine that does not ask the policy gives the same result for all of them.
        var experiments =
            from machine in machines ?? [Machines.Simulated]
            from processors in virtualProcessors ?? [1]
            from policy in policies
            let experiment = Describe(policy, workload, machine, processors, duration, seed)
            where policy == policies[0] || RunLabels.IsPolicyAsked(experiment)
            select experiment;
        return await new RunSeries([.. experiments], cancellation).RunAsync(stopAtFailure: false).ConfigureAwait(false);
    }

    /// <summary>
    /// Starts a run in a worker and does not wait for it: later cells can give it another policy
    /// (<see cref="RunningExperiment.SwapAsync"/>) and await its <see cref="RunningExperiment.Result"/>.
    /// </summary>
    /// <param name="policy">Schedules the threads at first.</param>
    /// <param name="workload">The threads and their events.</param>
    /// <param name="machine">What executes the run; this computer's own kernel by default.</param>
    /// <param name="virtualProcessors">Number of virtual processors.</param>
    /// <param name="duration">Length of the run, in the machine's time; two seconds by default.</param>
    /// <param name="seed">Seed of everything random.</param>
    /// <param name="cancellation">Ends the run early. The notebook's interrupt does not: the cell that started the run has ended.</param>
    /// <exception cref="ArgumentException">The machine is a peer and cannot run the workload.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static RunningExperiment Start(
        SchedulingPolicy policy, Workload workload, Machine? machine = null, int virtualProcessors = 1,
        TimeSpan? duration = null, ulong seed = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(workload);
        RefusePeersOf(workload, machine is null ? null : [machine]);
        // On the simulated machine two seconds pass in a few milliseconds: who wants to do something meanwhile asks for more, or plans it.
        return ExperimentRunner.Start(Describe(policy, workload, machine ?? Machines.Stock, virtualProcessors, duration, seed), null, cancellation);
    }

    /// <summary>
    /// Checks a policy, and the core under it, under many schedules: which virtual processor goes next, when events come, when
    /// quanta end and what happens in between is chosen anew for each. Shows that no rule was broken, or the shortest run
    /// that breaks one.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="workload">The workload; by default random programs that use everything a thread can use.</param>
    /// <param name="schedules">How many schedules are tried.</param>
    /// <param name="seed">The first schedule's seed; a broken rule names the seed that finds it again, with <paramref name="schedules"/> 1.</param>
    /// <param name="virtualProcessors">The numbers of virtual processors of which each schedule has one; 1 to 4 by default.</param>
    /// <param name="duration">Length of each run of a given workload, in virtual time; 50 milliseconds by default.</param>
    /// <param name="cancellation">Ends the check early.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The check was cancelled or interrupted.</exception>
    public static async Task<CheckResult> CheckAsync(
        SchedulingPolicy policy, Workload? workload = null, int schedules = 1000, ulong seed = 1, IReadOnlyList<int>? virtualProcessors = null,
        TimeSpan? duration = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var check = new PolicyCheck { Policy = Catalog.Describe(policy), Workload = workload is null ? null : Catalog.Describe(workload), Schedules = schedules, Seed = seed };
        if (virtualProcessors is not null) check = check with { VirtualProcessors = virtualProcessors };
        if (duration is { } length) check = check with { Duration = length };
        var host = NotebookHost.Current;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, host?.Interruption ?? CancellationToken.None);
        var display = new CheckDisplay(host, check);
        try
        {
            var result = await PolicyChecker.CheckAsync(check, display, ends.Token).ConfigureAwait(false);
            display.Close(result.Broken is null ? "done" : "a rule is broken, found", result.Schedules);
            return result;
        }
        catch
        {
            display.Close("stopped");
            throw;
        }
    }

    /// <summary>Puts results side by side, for example loaded ones.</summary>
    /// <param name="results">The results; at least one.</param>
    public static Comparison Compare(params ExperimentResult[] results) => new(results);

    /// <summary>The chart of a result's reactivity, to be shown or saved.</summary>
    public static Chart ReactivityChart(this ExperimentResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Notebook.ReactivityChart.Of(result);
    }

    /// <summary>The chart of which thread ran when.</summary>
    /// <param name="result">The result; it needs a trace.</param>
    /// <param name="from">Start of the stretch of time to show; by default one that shows an event with a long wait.</param>
    /// <param name="length">Its length.</param>
    /// <exception cref="ArgumentException">The result has no trace.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Nothing of the run lies in the stretch.</exception>
    public static Chart Timeline(this ExperimentResult result, TimeSpan? from = null, TimeSpan? length = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        return TimelineChart.Of([result], new RunLabels([result]), Window([result], from, length))
            ?? throw new ArgumentException("The result has no trace: run the experiment with Tracing.", nameof(result));
    }

    /// <summary>The chart of which activation ran or held which thread, in the manner of the paper's figures 1 and 3: a panel for each run.</summary>
    /// <param name="results">Short runs on one virtual processor of a machine with activations.</param>
    /// <exception cref="ArgumentException">A run has several virtual processors, or its trace names no activations.</exception>
    public static Chart ActivationChart(params ExperimentResult[] results) =>
        Notebook.ActivationChart.Of([.. (results ?? throw new ArgumentNullException(nameof(results))).Select(result => (result, (TimeWindow?)null))]);

    /// <summary>The same of a stretch of each run.</summary>
    /// <param name="stretches">The runs, on one virtual processor of a machine with activations, and which part of each is shown: from when, and how much.</param>
    /// <exception cref="ArgumentException">A run has several virtual processors, or its trace names no activations.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Nothing lies in a stretch.</exception>
    public static Chart ActivationChart(params (ExperimentResult Result, TimeSpan From, TimeSpan Length)[] stretches) =>
        Notebook.ActivationChart.Of([.. (stretches ?? throw new ArgumentNullException(nameof(stretches))).Select(stretch => (stretch.Result, Window([stretch.Result], stretch.From, stretch.Length)))]);

    /// <summary>A table of what a notebook has measured, to be shown.</summary>
    /// <param name="columns">The columns' titles; all but the first hold numbers and stand to the right.</param>
    /// <param name="rows">The rows, a text for each column.</param>
    /// <exception cref="ArgumentException">A row has not as many texts as there are columns.</exception>
    public static MimeBundle Table(IReadOnlyList<string> columns, params IReadOnlyList<string>[] rows)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.FirstOrDefault(row => row.Count != columns.Count) is { } odd)
            throw new ArgumentException($"The row '{string.Join(", ", odd)}' has {odd.Count} texts for {columns.Count} columns.", nameof(rows));
        var table = new Table([.. columns.Select((title, i) => new Column(title, i > 0))], [.. rows.Select(row => new Row([.. row.Select(text => new Cell(text))]))]);
        return new Report([], table, [], []).ToMimeBundle();
    }

    /// <summary>Makes the charts of this page interactive. Hosts do this by themselves with the first chart; a notebook that was opened again shows static pictures until a chart is made anew or this is called.</summary>
    public static void LoadCharts() => NotebookHost.Current?.Display(new MimeBundle(new Dictionary<string, string>
    {
        [MimeBundle.Html] = NotebookLibrary.PageHead,
        [MimeBundle.Plain] = "The chart library is loaded.",
    }));

    internal static TimeWindow? Window(IReadOnlyList<ExperimentResult> results, TimeSpan? from, TimeSpan? length)
    {
        if ((from is null && length is null) || results.Count == 0) return null;
        var start = from ?? TimeSpan.Zero;
        var over = results.Max(result => result.Elapsed);
        // A length beyond what a clock of nanoseconds counts means all that is left.
        var end = length is { } wanted && wanted.Ticks < long.MaxValue / 200 ? start + wanted : over;
        // A stretch after the end of all runs, or before their start, is as empty as one of no length.
        if (end <= start || start >= over || end <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(length), length, $"Nothing lies between {start} and {end} of the run.");
        return new TimeWindow(Math.Max(0, start.Ticks) * 100, Math.Min(end.Ticks, over.Ticks) * 100);
    }

    // Before anything runs, all of them at once: else each of many runs would come to the same end.
    private static void RefusePeersOf(Workload workload, IReadOnlyList<Machine>? machines)
    {
        var peers = (machines ?? []).Where(machine => machine is KernelThreadsMachine or ThreadPoolMachine).Select(machine => machine.Name).Distinct().ToList();
        if (workload is NetworkServer || peers.Count == 0) return;
        throw new ArgumentException(string.Join(" ", peers.Select(peer => $"The machine '{peer}' has no user threads and runs the workload NetworkServer only, not {workload.GetType().Name}."))
            + " Machines.SimulatedKernelThreads runs any workload on kernel threads.", nameof(machines));
    }

    private static Experiment Describe(SchedulingPolicy policy, Workload workload, Machine machine, int virtualProcessors, TimeSpan? duration, ulong seed,
        IReadOnlyList<(TimeSpan At, SchedulingPolicy Policy)>? swaps = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(machine);
        var experiment = new Experiment
        {
            Policy = Catalog.Describe(policy),
            Workload = Catalog.Describe(workload),
            Machine = machine,
            VirtualProcessors = virtualProcessors,
            Duration = duration ?? s_duration,
            Seed = seed,
            Swaps = [.. (swaps ?? []).Select(swap => new PolicySwap(swap.At, Catalog.Describe(swap.Policy)))],
        };
        experiment.Validate();
        return experiment;
    }
}
