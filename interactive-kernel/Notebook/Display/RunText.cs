using System.Globalization;
using System.Text.RegularExpressions;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>What a run has to say, in words and figures.</summary>
internal static partial class RunText
{
    public static string Percentile(ReactivityHistogram histogram, double percent) =>
        histogram.Count == 0 ? "-" : DurationText.Of(histogram.PercentileNanoseconds(percent));

    // What is little is not nothing.
    public static string Throughput(ExperimentResult result) => result.Throughput is > 0 and < 0.0005 ? "< 0.1 %" :
        (result.Throughput * 100).ToString("F1", CultureInfo.InvariantCulture) + " %";

    public static string Events(long handled, long due) =>
        handled == due ? Number(due) : $"{Number(handled)} of {Number(due)}";

    /// <summary>What went wrong: an ejected policy, threads that ended by an exception.</summary>
    public static IEnumerable<Problem> Problems(ExperimentResult result, string policy)
    {
        if (result.Ejection is { } ejection) yield return OfEjection(result, policy, result.Experiment.Policy, ejection);
        foreach (var swap in result.Swaps)
            if (swap.Ejection is { } later) yield return OfEjection(result, swap.Policy.Name, swap.Policy, later);
        var failed = result.Threads.Where(thread => thread.Exception is not null).ToList();
        if (failed.Count > 0) yield return OfFailedThread(result, policy, failed[0], failed.Count - 1);
    }

    public static IEnumerable<string> Notes(ExperimentResult result)
    {
        foreach (var note in result.Notes) yield return note;
        foreach (var swap in result.Swaps) yield return $"{swap.Policy.Name} took over {DurationText.Of(swap.Time)} after the start. The figures are of the whole run.";
        if (result.Trace.Dropped > 0)
            yield return $"The trace is full: it holds the first {Number(result.Trace.Events.Count)} state changes and lacks {Number(result.Trace.Dropped)} after them. The figures count everything.";
    }

    /// <summary>The notes of several runs, each once; with the runs that it is of where others on the same virtual processors lack it.</summary>
    public static IEnumerable<string> Notes(IReadOnlyList<ExperimentResult> results, Func<ExperimentResult, string> name) =>
        from each in results.SelectMany(result => Notes(result).Distinct().Select(note => (Result: result, Note: note)))
        group each.Result by each.Note into runs
        let situations = runs.Select(RunLabels.Situation).ToHashSet()
        select results.Count(result => situations.Contains(RunLabels.Situation(result))) == runs.Count() ? runs.Key : $"{string.Join("; ", runs.Select(name).Distinct())}: {runs.Key}";

    /// <summary>Where the time from event to handler went, a sentence for each run that tells.</summary>
    public static IEnumerable<string> Stages(IEnumerable<ExperimentResult> results, RunLabels labels) =>
        results.Where(result => result.Stages.Any(stage => stage.Histogram.Count > 0)).Select(result =>
            $"{labels.Run(result)}, where the time goes (medians): {string.Join(", ", result.Stages.Select(stage => $"{stage.Name} {Percentile(stage.Histogram, 50)}"))}.");

    private static Problem OfEjection(ExperimentResult result, string policy, Component component, PolicyEjection ejection)
    {
        var place = string.Join(", ", new[]
        {
            ejection.Cell,
            ejection.Line is { } line ? "line " + line.ToString(CultureInfo.InvariantCulture) : null,
            "in " + ejection.Callback,
        }.Where(part => part is not null));
        return new Problem(
            $"{policy} was ejected {(ejection.Time == TimeSpan.Zero ? "at the start" : DurationText.Of(ejection.Time) + " after the start")} on {RunLabels.Situation(result)}: {place} ({ejection.Rule})",
            $"{ejection.Message}{(ejection.Message[^1] is '.' or '!' or '?' ? "" : ".")} The run went on under round robin, and the figures include that part.",
            SourceLine(component, ejection.Cell, ejection.Line), ejection.Details);
    }

    private static Problem OfFailedThread(ExperimentResult result, string policy, ThreadSummary thread, int others)
    {
        var workload = result.Experiment.Workload;
        // The innermost frame in a cell, as .NET writes it: "   at Two.Define() in Cell [2]:line 7"; other hosts have "Workload cell 2".
        var frame = CellFrame().Match(thread.Exception!);
        var line = frame.Success ? int.Parse(frame.Groups["line"].Value, CultureInfo.InvariantCulture) : (int?)null;
        return new Problem(
            $"Thread '{thread.Name}' of {workload.Name} ended by an exception{(others > 0 ? $", and {others} more" : "")} ({policy}, {RunLabels.Situation(result)})"
            + (frame.Success ? $": {frame.Groups["cell"].Value}, line {line}" : ""),
            thread.Exception!.Split('\n', 2)[0].TrimEnd(), SourceLine(workload, frame.Groups["cell"].Value, line), thread.Exception);
    }

    [GeneratedRegex(@" in (?<cell>Cell \[\d+\]|\w+ cell \d+):line (?<line>\d+)")]
    private static partial Regex CellFrame();

    // A base class, or whatever else a cell uses of an earlier one, has lines of its own.
    public static string? SourceLine(Component component, string? cell, int? line)
    {
        if (component.Source is not { } source || line is not { } number || string.IsNullOrEmpty(cell)) return null;
        if (!component.AssemblyName.StartsWith(CellCompiler.Identifier(cell) + "_", StringComparison.Ordinal)) return null;
        var lines = source.Split('\n');
        return number >= 1 && number <= lines.Length ? $"{number} | {lines[number - 1].Trim()}" : null;
    }

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202F');
}
