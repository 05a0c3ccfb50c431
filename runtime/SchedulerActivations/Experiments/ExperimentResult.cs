using SchedulerActivations.Experiments.Network;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Experiments;

/// <summary>
/// What an experiment measured, with everything needed to run it again: the experiment itself (policy source, seed,
/// settings) and the environment it ran in. Saved as JSON by <c>Save</c> and read back by <c>Load</c>.
/// </summary>
public sealed partial record ExperimentResult
{
    /// <summary>What was run.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>Where and on what it ran.</summary>
    public required RunEnvironment Environment { get; init; }

    /// <summary>Time the run took on the machine's clock (virtual on a simulated machine).</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Reactivity of each port, in the order in which the workload defined them.</summary>
    public required IReadOnlyList<PortReactivity> Ports { get; init; }

    /// <summary>The stages of the way from event to handler, over all ports; empty where the machine does not tell them (all but the patched one, and that one without a trace).</summary>
    public IReadOnlyList<ReactivityStage> Stages { get; init; } = [];

    /// <summary>The user threads of the run, by id. Of more than ten thousand: the first ones, those that lived at the end of the run, and those that ended by an exception.</summary>
    public required IReadOnlyList<ThreadSummary> Threads { get; init; }

    /// <summary>
    /// Share of the virtual processors' time that went into <c>Compute</c> work: 1 means that all of them computed all
    /// the time. On a real machine work is calibrated, so a busy host shows as a smaller figure.
    /// </summary>
    public required double Throughput { get; init; }

    /// <summary>What the clients of the workload's connections have seen; null where it has none.</summary>
    public NetworkLatency? Network { get; init; }

    /// <summary>Set when the experiment's policy broke its contract and the run went on under round robin.</summary>
    public PolicyEjection? Ejection { get; init; }

    /// <summary>The policies that took over during the run, in order.</summary>
    public IReadOnlyList<PolicySwap> Swaps { get; init; } = [];

    /// <summary>What the machine could not do, in sentences for the reader of the result.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Counts of what happened (context switches, upcalls of each kind, preemptions …), by name.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = new Dictionary<string, long>();

    /// <summary>Every state change, where the experiment asked for it.</summary>
    public Trace Trace { get; init; } = Trace.Empty;

    /// <summary>Reactivity over all ports together.</summary>
    public ReactivityHistogram Reactivity => ReactivityHistogram.Merge(Ports.Select(port => port.Histogram));
}

/// <summary>Reactivity of the threads that read one port.</summary>
/// <param name="Port">The port's name.</param>
/// <param name="Histogram">Time from each event's due time to the first instruction of its handler thread; of an event that no thread has handled, to the end of the run.</param>
/// <param name="Due">Events that became due during the run.</param>
/// <param name="Handled">Events that a thread has handled.</param>
public sealed record PortReactivity(string Port, ReactivityHistogram Histogram, long Due, long Handled);

/// <summary>What one user thread did.</summary>
/// <param name="Id">Number of the thread, from 1 in order of creation.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">State at the end of the run: Finished, or what it was doing when the run ended.</param>
/// <param name="Work">Compute work it has done.</param>
/// <param name="Exception">What it threw, if it ended by an exception that nobody joined.</param>
public sealed record ThreadSummary(int Id, string Name, CoreThreads.UserThreadState State, TimeSpan Work, string? Exception);

/// <summary>Why, where and when a policy was ejected.</summary>
/// <param name="Rule">The rule of the contract that was broken.</param>
/// <param name="Message">What happened, in a sentence, and what to do.</param>
/// <param name="Callback">The policy's member that was running or that answered wrongly.</param>
/// <param name="Time">When, on the machine's clock from the start of the run.</param>
/// <param name="Cell">The cell or file of the policy's source line, where known.</param>
/// <param name="Line">The policy's own source line (1-based), where known.</param>
/// <param name="Details">Stack trace of an exception, else null.</param>
public sealed record PolicyEjection(PolicyRule Rule, string Message, string Callback, TimeSpan Time, string? Cell, int? Line, string? Details);
