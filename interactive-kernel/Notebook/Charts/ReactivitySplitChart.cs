using System.Globalization;

namespace SchedulerActivations.Notebook;

/// <summary>The stages of reactivity behind one another: a bar for each number of computing threads, a panel for each who answers and each source.</summary>
internal static class ReactivitySplitChart
{
    public static Chart Of(IReadOnlyList<SplitStage> stages, string where)
    {
        if (stages.Count == 0) throw new KeyNotFoundException($"Nothing was measured at '{where}'.");
        var names = stages.Select(stage => stage.Stage).Distinct().ToList();
        var counts = stages.Select(stage => stage.Computing).Distinct().OrderDescending().ToList();
        var situations = stages.GroupBy(stage => (stage.Who, stage.Source)).ToList();
        var longest = stages.GroupBy(stage => (stage.Who, stage.Source, stage.Computing)).Max(bar => bar.Sum(stage => stage.P50)) / 1000;
        var rows = new Axis("", -0.6, counts.Count - 0.4, [.. counts.Select((count, i) => new Tick(i, count.ToString(CultureInfo.InvariantCulture) + " computing"))], Grid: false);
        var panels = situations.Select((situation, i) => new Panel($"{situation.Key.Who}, {situation.Key.Source}",
            new Axis(i == situations.Count - 1 ? "microseconds since the event (medians)" : "", 0, longest * 1.05), rows,
            [.. names.Select((name, n) => new Bars(name, Palette.Many[n % Palette.Many.Length], 0.7, false, [.. Items(situation, name, names, counts)]))])).ToList();
        var text = situations.Select(situation => $"{situation.Key.Who}, {situation.Key.Source}: " + string.Join("; ", situation.GroupBy(stage => stage.Computing)
            .Select(bar => $"beside {bar.Key} {string.Join(", ", bar.Select(stage => $"{stage.Stage} {DurationText.Of(stage.P50)}"))}")) + ".");
        return new Chart(new Figure($"Where the time from event to handler goes ({where})", panels, 1, 130 + (panels.Count * (40 + (24 * counts.Count)))), string.Join("\n", text));
    }

    private static IEnumerable<Bar> Items(IEnumerable<SplitStage> situation, string name, List<string> names, List<int> counts)
    {
        foreach (var bar in situation.GroupBy(stage => stage.Computing))
        {
            var start = bar.Where(stage => names.IndexOf(stage.Stage) < names.IndexOf(name)).Sum(stage => stage.P50) / 1000;
            foreach (var stage in bar.Where(stage => stage.Stage == name))
                yield return new Bar(counts.IndexOf(bar.Key), start, start + (stage.P50 / 1000), $"{name}, {bar.Key} computing: {DurationText.Of(stage.P50)} (p99 {DurationText.Of(stage.P99)})");
        }
    }
}
