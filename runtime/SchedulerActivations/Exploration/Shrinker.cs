using SchedulerActivations.Machines.Simulated;

namespace SchedulerActivations.Exploration;

/// <summary>
/// Makes a run that breaks a rule smaller as long as it breaks the same rule: first the workload and the number of virtual
/// processors, then its length, then the schedule. The smallest workloads are tried one after the other; where none of them breaks
/// the rule, the one that does is made smaller step by step. A smaller workload makes other choices, so for each several schedules are tried.
/// </summary>
/// <param name="fails">Makes a run in the order that the choices say; answers with what it was made of if it breaks the same rule.</param>
internal sealed class Shrinker(Func<Candidate, Choices, Candidate?> fails)
{
    private const int SchedulesForEach = 25;
    private const int MostRuns = 12_000;
    private int _runs;

    /// <summary>The smallest run that was found.</summary>
    public Candidate Shrink(Candidate found)
    {
        var smallest = Smallest(found) ?? found;
        while (SmallerWorkload(smallest) is { } smaller) smallest = smaller;
        // However long that took.
        _runs = 0;
        return ShorterSchedule(ShorterTime(smallest));
    }

    private Candidate? Smallest(Candidate found)
    {
        if (found.Program is null) return null;
        foreach (var threads in SmallerPrograms.Smallest())
        {
            var candidate = found with { Program = new RandomProgram { Threads = threads } };
            if (Try(candidate with { VirtualProcessors = 1 }, new ReplayedChoices(new Schedule(""))) is { } alone) return alone;
            if (Try(candidate, new ReplayedChoices(new Schedule(""))) is { } undisturbed) return undisturbed;
            for (var i = 0; i < 3; i++)
                if (Try(candidate, new RandomChoices(i, 0.1 + (0.15 * i))) is { } other) return other;
        }
        return null;
    }

    private Candidate? SmallerWorkload(Candidate candidate)
    {
        foreach (var smaller in Smaller(candidate))
        {
            if (Try(smaller, new ReplayedChoices(new Schedule(""))) is { } undisturbed) return undisturbed;
            if (Try(smaller, new ReplayedChoices(candidate.Schedule)) is { } same) return same;
            for (var i = 0; i < SchedulesForEach; i++)
                if (Try(smaller, new RandomChoices(i, 0.03 + (0.4 * i / SchedulesForEach))) is { } other) return other;
        }
        return null;
    }

    private static IEnumerable<Candidate> Smaller(Candidate candidate)
    {
        for (var number = 1; number < candidate.VirtualProcessors; number++) yield return candidate with { VirtualProcessors = number };
        if (candidate.Program is not { } program) yield break;
        foreach (var threads in SmallerPrograms.Of(program.Threads)) yield return candidate with { Program = new RandomProgram { Threads = threads } };
    }

    // What comes after the rule was broken is of no interest. A random program ends by itself.
    private Candidate ShorterTime(Candidate candidate)
    {
        if (candidate.Program is not null) return candidate;
        for (var less = candidate.Duration / 2; less.Ticks > 0; less /= 2)
            if (Try(candidate with { Duration = candidate.Duration - less }, new ReplayedChoices(candidate.Schedule)) is { } shorter) candidate = shorter;
        return candidate;
    }

    // Whole stretches of deviations are left out first, halves, then quarters, then single ones; then lower alternatives are tried.
    private Candidate ShorterSchedule(Candidate candidate)
    {
        var smallest = candidate;
        for (var part = Length(smallest); part > 0; part /= 2)
        {
            for (var from = 0; from < Length(smallest);)
            {
                var kept = smallest.Schedule.Parse().OrderBy(each => each.Key).Where((_, i) => i < from || i >= from + part);
                if (Try(smallest, new ReplayedChoices(Schedule.Of(kept))) is { } shorter && Length(shorter) < Length(smallest)) smallest = shorter;
                else from += part;
            }
        }
        foreach (var (choice, alternative) in smallest.Schedule.Parse())
        {
            for (var lower = 1; lower < alternative; lower++)
            {
                var changed = smallest.Schedule.Parse().ToDictionary();
                changed[choice] = lower;
                if (Try(smallest, new ReplayedChoices(Schedule.Of(changed))) is not { } plainer || Length(plainer) > Length(smallest)) continue;
                smallest = plainer;
                break;
            }
        }
        // What could not be left out before may be left out by now.
        return smallest.Schedule == candidate.Schedule ? smallest : ShorterSchedule(smallest);
    }

    private static int Length(Candidate candidate) => candidate.Schedule.Parse().Count;

    private Candidate? Try(Candidate candidate, Choices choices) => ++_runs > MostRuns ? null : fails(candidate, choices);
}
