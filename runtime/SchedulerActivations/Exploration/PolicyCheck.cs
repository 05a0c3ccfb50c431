using SchedulerActivations.Experiments;

namespace SchedulerActivations.Exploration;

/// <summary>What is checked and how thoroughly: a policy under many schedules, as plain data.</summary>
public sealed record PolicyCheck
{
    /// <summary>The policy.</summary>
    public required Component Policy { get; init; }

    /// <summary>The workload; null for random programs that use everything a thread can use, another one for each schedule.</summary>
    public Component? Workload { get; init; }

    /// <summary>How many schedules are tried.</summary>
    public int Schedules { get; init; } = 1000;

    /// <summary>The first schedule's seed; the next one's is one more. Everything about a schedule follows from its seed.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The numbers of virtual processors of which each schedule has one.</summary>
    public IReadOnlyList<int> VirtualProcessors { get; init; } = [1, 2, 3, 4];

    /// <summary>Length of a run of <see cref="Workload"/>, in virtual time. Random programs end by themselves.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Checks everything a user may have got wrong.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range; the message says which.</exception>
    public void Validate()
    {
        if (Schedules < 1) throw new ArgumentOutOfRangeException(nameof(Schedules), Schedules, "A check needs at least one schedule.");
        if (VirtualProcessors.Count == 0) throw new ArgumentOutOfRangeException(nameof(VirtualProcessors), "Name at least one number of virtual processors.");
        foreach (var number in VirtualProcessors)
            if (number is < 1 or > 64) throw new ArgumentOutOfRangeException(nameof(VirtualProcessors), number, "A check needs between 1 and 64 virtual processors.");
        if (Duration <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(Duration), Duration, "The duration of a run must be positive.");
    }
}

/// <summary>How far a check has come.</summary>
/// <param name="Schedules">Schedules that have been tried, those not counted that were tried to shorten a failure.</param>
/// <param name="Total">How many there are to be.</param>
/// <param name="Shortening">Whether a rule was broken, and the shortest schedule that breaks it is looked for.</param>
/// <param name="Output">Text that the policy or the workload wrote to the console since the last report.</param>
public sealed record CheckProgress(int Schedules, int Total, bool Shortening, string? Output = null);
