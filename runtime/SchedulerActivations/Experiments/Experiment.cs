using System.Text.Json.Serialization;
using SchedulerActivations.Machines;

namespace SchedulerActivations.Experiments;

/// <summary>
/// One experiment: workload × policy × machine × seed. It is plain data, so that what was sent to a worker
/// describes completely what was measured, and the same run can be made again from a saved result.
/// </summary>
public sealed record Experiment
{
    /// <summary>The policy that schedules the user threads.</summary>
    public required Component Policy { get; init; }

    /// <summary>The workload: user threads and the events that arrive at them.</summary>
    public required Component Workload { get; init; }

    /// <summary>The machine that executes the run.</summary>
    public required Machine Machine { get; init; }

    /// <summary>Number of virtual processors; fixed for the run (section 3.1 of the paper). At least 1.</summary>
    public int VirtualProcessors { get; init; } = 1;

    /// <summary>Length of the run, in the machine's time (virtual on a simulated machine). The run ends earlier when all threads have finished.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Seed of everything random in the run: arrival times, random policies. Same seed on a simulated machine: same trace.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether every state change is recorded in <see cref="ExperimentResult.Trace"/>.</summary>
    public bool Tracing { get; init; } = true;

    /// <summary>
    /// How long a policy may leave a ready thread waiting, on the machine's clock, before it is ejected and the run goes
    /// on under round robin.
    /// </summary>
    public TimeSpan Watchdog { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Policies that take over during the run, in order of time; one that is due after the end of the run never does.</summary>
    public IReadOnlyList<PolicySwap> Swaps { get; init; } = [];

    /// <summary>Everything that the run is made of and that may be a notebook cell's.</summary>
    [JsonIgnore]
    internal IEnumerable<Component> Components => Swaps.Select(swap => swap.Policy).Prepend(Workload).Prepend(Policy);

    /// <summary>Checks everything a user may have got wrong before anything is started.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range; the message says which, its value and the range.</exception>
    public void Validate()
    {
        if (VirtualProcessors is < 1 or > MaxVirtualProcessors)
            throw new ArgumentOutOfRangeException(nameof(VirtualProcessors), VirtualProcessors,
                $"An experiment needs between 1 and {MaxVirtualProcessors} virtual processors.");
        if (Duration <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(Duration), Duration, "The duration of an experiment must be positive.");
        for (var i = 0; i < Swaps.Count; i++)
            if (Swaps[i].Time < (i == 0 ? TimeSpan.Zero : Swaps[i - 1].Time))
                throw new ArgumentOutOfRangeException(nameof(Swaps), Swaps[i].Time, $"{Swaps[i].Policy.Name} is to take over before the run starts, or before the policy that is named ahead of it.");
        if (Watchdog <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(Watchdog), Watchdog, "The watchdog's bound must be positive.");
    }

    /// <summary>Most virtual processors a run can have.</summary>
    [JsonIgnore]
    public const int MaxVirtualProcessors = 256;
}
