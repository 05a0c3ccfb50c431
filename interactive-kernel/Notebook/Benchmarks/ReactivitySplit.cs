using System.Globalization;

namespace SchedulerActivations.Notebook;

/// <summary>Where the time from an event to its handler goes: shown as a table and as a bar for each situation.</summary>
public sealed class ReactivitySplit : IMimeBundleSource
{
    private readonly IReadOnlyList<SplitStage> _stages;

    /// <summary>Makes one of stages that were measured.</summary>
    /// <param name="stages">The stages; those of one situation follow one another.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public ReactivitySplit(IReadOnlyList<SplitStage> stages)
    {
        ArgumentNullException.ThrowIfNull(stages);
        if (stages.Count == 0) throw new ArgumentException("No stage was measured.", nameof(stages));
        _stages = stages;
    }

    /// <summary>The medians of the stages behind one another, a bar for each situation.</summary>
    /// <param name="where">Where it was measured.</param>
    /// <exception cref="KeyNotFoundException">Nothing was measured there.</exception>
    public Chart Chart(string where) => ReactivitySplitChart.Of([.. _stages.Where(stage => stage.Where == where)], where);

    /// <inheritdoc/>
    public MimeBundle ToMimeBundle() => Report([.. _stages.Select(stage => stage.Where).Distinct().Select(Chart)]).ToMimeBundle();

    /// <inheritdoc/>
    public override string ToString() => Report([]).ToText();

    private Report Report(IReadOnlyList<Chart> charts)
    {
        var names = _stages.Select(stage => stage.Stage).Distinct().ToList();
        Column[] columns = [new("where"), new("who answers"), new("event source"), new("computing", true), .. names.Select(name => new Column($"{name}: p50, p99", true))];
        var rows = _stages.GroupBy(stage => (stage.Where, stage.Who, stage.Source, stage.Computing)).Select(situation => new Row(
        [
            new Cell(situation.Key.Where), new Cell(situation.Key.Who), new Cell(situation.Key.Source), new Cell(situation.Key.Computing.ToString(CultureInfo.InvariantCulture)),
            .. names.Select(name => new Cell(situation.FirstOrDefault(stage => stage.Stage == name) is { } stage ? $"{DurationText.Of(stage.P50)}, {DurationText.Of(stage.P99)}" : "-")),
        ])).ToList();
        return new Report([], new Table(columns, rows), ["The kernel's time stamps take time themselves: the stages make up more than the reactivity of a run without them."], charts);
    }
}

/// <summary>One stage of the way from an event to its handler, in one situation.</summary>
/// <param name="Where">Where it was measured: <c>counted</c>, <c>smp</c>.</param>
/// <param name="Who">Who answered.</param>
/// <param name="Source">The event source.</param>
/// <param name="Computing">Number of computing threads.</param>
/// <param name="Stage">From what to what.</param>
/// <param name="P50">Its median, in nanoseconds.</param>
/// <param name="P99">Its 99th percentile, in nanoseconds.</param>
public sealed record SplitStage(string Where, string Who, string Source, int Computing, string Stage, double P50, double P99);
