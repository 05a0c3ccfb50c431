using System.Globalization;
using System.Text;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Simulated;

namespace SchedulerActivations.Exploration;

/// <summary>What a check came to.</summary>
/// <param name="Check">What was checked.</param>
/// <param name="Schedules">How many schedules were tried.</param>
/// <param name="Broken">The rule that was broken, and how; null when none was.</param>
public sealed record CheckResult(PolicyCheck Check, int Schedules, BrokenRule? Broken)
{
    /// <summary>The result as text, with the trace that breaks a rule.</summary>
    public override string ToString() => Broken is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Check.Policy.Name}: {Schedules} schedules, no rule broken.")
        : Broken.ToString();
}

/// <summary>A rule that a policy, or the core under it, has broken: the shortest run found that breaks it, unless <see cref="IsShortened"/> says otherwise.</summary>
/// <param name="Rule">Its name: a <see cref="Specialization.PolicyRule"/>, a <see cref="Specialization.PolicyClaims"/>, or a rule of the check's own (<see cref="OwnRules"/>).</param>
/// <param name="Message">What happened.</param>
/// <param name="Cell">The cell or file of the policy's source line, where known.</param>
/// <param name="Line">The policy's own source line (1-based), where known.</param>
/// <param name="Seed">The seed of the schedule that broke it first: a check of one schedule with this seed finds it again.</param>
/// <param name="Deviations">What happens in another order than by itself, a sentence each.</param>
/// <param name="Run">The shortest run: its experiment can be run again, schedule and all, and gives the same trace.</param>
public sealed record BrokenRule(
    string Rule, string Message, string? Cell, int? Line, ulong Seed, IReadOnlyList<string> Deviations, ExperimentResult Run)
{
    /// <summary>Whether a shorter run was looked for. It is not where a callback does not return, be it in a shorter run: each try would cost a second and leave one more OS thread behind.</summary>
    public bool IsShortened { get; init; } = true;

    /// <summary>The names of the rules that neither a policy's contract nor its claims contain.</summary>
    public static readonly IReadOnlyList<string> OwnRules = [EveryThreadEnds, NoThreadFails, StatesFollow];

    internal const string EveryThreadEnds = nameof(EveryThreadEnds), NoThreadFails = nameof(NoThreadFails), StatesFollow = nameof(StatesFollow);

    /// <summary>The workload's threads, a line each, where the check made them.</summary>
    public IReadOnlyList<string> Threads => Program is null ? [] : [.. Program.Threads.Select((thread, i) => string.Create(CultureInfo.InvariantCulture, $"t{i + 1}, {thread}"))];

    /// <summary>The random program that breaks the rule; null where the workload was given.</summary>
    public RandomProgram? Program => Run.Experiment.Workload is { TypeName: var name } workload && name == typeof(RandomProgram).FullName
        ? new ComponentCatalog().Create<RandomProgram>(workload) : null;

    /// <summary>The schedule of the shortest run.</summary>
    public Schedule Schedule => ((SimulatedMachine)Run.Experiment.Machine).Schedule!;

    /// <summary>Everything as text: the rule, the workload, the schedule, the trace and how to see it again.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Run.Experiment.Policy.Name} breaks {Rule}: {Message}\n");
        if (Cell is not null) text.Append(CultureInfo.InvariantCulture, $"{Cell}{(Line is { } line ? $", line {line}" : "")}\n");
        text.Append(CultureInfo.InvariantCulture, $"\n{Run.Experiment.VirtualProcessors} virtual processor{(Run.Experiment.VirtualProcessors == 1 ? "" : "s")}\n");
        foreach (var thread in Threads) text.Append("  ").Append(thread).Append('\n');
        text.Append("\nSchedule: ").Append(Schedule).Append('\n');
        foreach (var deviation in Deviations) text.Append("  ").Append(deviation).Append('\n');
        text.Append(IsShortened ? "\nTrace:\n" : "\nTrace, of the run that broke the rule first, which was not shortened:\n");
        foreach (var line in TraceText.Lines(Run)) text.Append("  ").Append(line).Append('\n');
        return text.Append(CultureInfo.InvariantCulture, $"\nAgain: check with seed: {Seed}, schedules: 1\n").ToString();
    }
}
