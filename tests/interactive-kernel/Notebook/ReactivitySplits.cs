using SchedulerActivations.Notebook;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

/// <summary>Where the time from event to handler goes, as a table and as bars.</summary>
public sealed class ReactivitySplits
{
    private static readonly ReactivitySplit Two = new(
    [
        new("counted", "patched", "timerfd", 1, "event to wake-up", 1500, 1600),
        new("counted", "patched", "timerfd", 1, "wake-up to upcall", 4000, 4500),
        new("counted", "patched", "timerfd", 32, "event to wake-up", 1700, 1800),
        new("counted", "patched", "timerfd", 32, "wake-up to upcall", 4200, 4600),
    ]);

    [Fact]
    public void The_table_has_a_row_for_each_situation_and_a_column_for_each_stage()
    {
        var lines = Two.ToString().Split('\n');
        Assert.Contains("event to wake-up", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.Contains("32", StringComparison.Ordinal) && line.Contains("1.70 µs, 1.80 µs", StringComparison.Ordinal) && line.Contains("4.20 µs", StringComparison.Ordinal));
    }

    [Fact]
    public void A_stage_begins_in_the_chart_where_the_one_before_ends()
    {
        var panel = Assert.Single(Two.Chart("counted").Figure.Panels);
        var bars = panel.Series.OfType<Bars>().ToList();
        Assert.Equal(["event to wake-up", "wake-up to upcall"], bars.Select(series => series.Name));
        foreach (var (first, second) in bars[0].Items.Zip(bars[1].Items)) Assert.Equal((first.Row, first.End), (second.Row, second.Start));
        Assert.Equal(5.9, bars[1].Items.Max(bar => bar.End), 3);
    }

    [Fact]
    public void More_stages_than_there_are_colours_are_drawn()
    {
        var many = new ReactivitySplit([.. Enumerable.Range(1, 12).Select(i => new SplitStage("counted", "patched", "timerfd", 1, $"stage {i}", 100, 120))]);
        Assert.Equal(12, many.Chart("counted").Figure.Panels[0].Series.Count);
    }

    [Fact]
    public void What_was_not_measured_is_refused()
    {
        Assert.Throws<KeyNotFoundException>(() => Two.Chart("smp"));
        Assert.Throws<ArgumentException>(() => new ReactivitySplit([]));
    }
}
