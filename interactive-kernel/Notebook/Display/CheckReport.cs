using System.Globalization;
using SchedulerActivations.Experiments;
using SchedulerActivations.Exploration;

namespace SchedulerActivations.Notebook;

/// <summary>What is shown of a check: how many schedules broke no rule, or the shortest run that breaks one.</summary>
internal static class CheckReport
{
    private static readonly Column[] s_columns = [new("policy"), new("workload"), new("VPs"), new("schedules", true), new("seeds"), new("rule broken")];

    public static Report Of(CheckResult result)
    {
        var check = result.Check;
        var policy = check.Policy.Name;
        var table = new Table(s_columns,
        [
            new Row(
            [
                new Cell(policy, Color: Palette.Of(policy)),
                new Cell(check.Workload?.Name ?? "random programs"),
                new Cell(string.Join(", ", check.VirtualProcessors)),
                new Cell(result.Schedules.ToString(CultureInfo.InvariantCulture)),
                new Cell($"{check.Seed} to {check.Seed + (ulong)result.Schedules - 1}"),
                new Cell(result.Broken?.Rule ?? "none"),
            ]),
        ]);
        if (result.Broken is not { } broken) return new Report([], table, [], []);
        var place = broken.Cell is null ? "" : $": {broken.Cell}{(broken.Line is { } line ? $", line {line.ToString(CultureInfo.InvariantCulture)}" : "")}";
        var problem = new Problem($"{policy} breaks {broken.Rule}{place}", broken.Message, RunText.SourceLine(check.Policy, broken.Cell, broken.Line), broken.ToString(),
            broken.IsShortened ? "The shortest run that breaks it, as text" : "The run that breaks it, as text");
        List<string> notes = [$"Seen again with seed: {broken.Seed}, schedules: 1."];
        if (!broken.IsShortened) notes.Add("The run was not shortened: each try would cost a second and leave one more thread that does not return.");
        return new Report([problem], table, notes, Charts(broken.Run));
    }

    // Until the policy was ejected and a little after it: what follows is round robin's.
    private static IReadOnlyList<Chart> Charts(ExperimentResult run)
    {
        // Before it nothing has happened.
        if (run.Ejection?.Time == TimeSpan.Zero) return [];
        var last = run.Trace.Events.Count == 0 ? 0 : run.Trace.Events[^1].Time;
        var end = run.Ejection is { } ejection ? Math.Min(last, ejection.Time.Ticks * 110) : last;
        return TimelineChart.Of([run], new RunLabels([run]), new TimeWindow(0, Math.Max(1, end))) is { } chart ? [chart] : [];
    }
}
