using System.Globalization;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines;
using SchedulerActivations.Machines.Patched;
using SchedulerActivations.Machines.Simulated;

namespace SchedulerActivations.Notebook;

/// <summary>
/// How a kernel handles a blocking call, in the manner of the paper's figures 1 and 3: a row for each activation, and on it which user
/// thread it runs or holds. A panel for each run.
/// </summary>
internal static class ActivationChart
{
    private static readonly string[] s_threads = [Palette.InputOutput, "#B7BFC8", "#228833", "#AA3377"];
    private const string Kernel = "#444444", Blocked = "#F2C45F", Restartable = "#9BD1F0";

    /// <summary>A chart of runs on one virtual processor.</summary>
    /// <exception cref="ArgumentException">A run has several virtual processors, or a trace without activations.</exception>
    public static Chart Of(IReadOnlyList<(ExperimentResult Result, TimeWindow? Window)> stretches)
    {
        var stories = stretches.Select(stretch => new ActivationStory(stretch.Result, stretch.Window)).ToList();
        var results = stretches.Select(stretch => stretch.Result).ToList();
        var end = stories.Max(story => story.End);
        var panels = results.Zip(stories, (result, story) => ToPanel(result, story, end, isLast: story == stories[^1])).ToList();
        var height = 120 + (int)panels.Sum(panel => 60 + 30 * panel.Weight);
        return new Chart(new Figure("A blocking call: which activation runs or holds which thread", panels, 1, height),
            string.Join("\n", results.Zip(stories, (result, story) => $"{result.Experiment.Machine.Name}: {story.Activations} activations; {Words(story)}.")));
    }

    private static Panel ToPanel(ExperimentResult result, ActivationStory story, long end, bool isLast)
    {
        var several = result.Threads.GroupBy(thread => thread.Name).Where(threads => threads.Count() > 1).Select(threads => threads.Key).ToHashSet();
        var names = result.Threads.ToDictionary(thread => thread.Id, thread => several.Contains(thread.Name) ? string.Create(CultureInfo.InvariantCulture, $"{thread.Name}, thread {thread.Id}") : thread.Name);
        var rows = Enumerable.Range(1, story.Activations).Select(activation => new Tick(-activation, Letter(activation))).ToList();
        Bars Of(string name, string color, double thickness, IEnumerable<ActivationBar> bars) => new(name, color, thickness, false,
            [.. bars.Select(bar => new Bar(-bar.Activation, Microseconds(bar.Start), Microseconds(bar.End), $"{name} ({Letter(bar.Activation)}): {DurationText.Of(bar.End - bar.Start)}"))]);
        var series = new List<Series>
        {
            Of("blocked in the kernel", Blocked, 0.5, story.Bars.Where(bar => bar.Kind == ActivationBarKind.Blocked)),
            Of("unblocked, still inside the kernel", Restartable, 0.5, story.Bars.Where(bar => bar.Kind == ActivationBarKind.Restartable)),
        };
        series.AddRange(result.Threads.Select((thread, i) => Of(names[thread.Id], s_threads[i % s_threads.Length], 0.72,
            story.Bars.Where(bar => bar.Kind == ActivationBarKind.Runs && bar.Thread == thread.Id))));
        series.Add(Of("kernel, upcall, user-level scheduler", Kernel, 0.72, story.Bars.Where(bar => bar.Kind == ActivationBarKind.Kernel)));
        series.Add(new Marks("upcall", Palette.Due, Sign.Disc, [.. story.Upcalls.Select(upcall => new Point(Microseconds(upcall.Time), -upcall.Activation, ""))]));
        var x = new Axis(isLast ? "microseconds; the letters are those of the paper's figures" : "", 0, Microseconds(end) * 1.02,
            [.. Ticks(story, end)]);
        return new Panel(Title(result.Experiment.Machine), x, new Axis("activation", -story.Activations - 0.6, -0.4, rows, Grid: false), series, Weight: story.Activations + 1);
    }

    private static string Title(Machine machine) => machine switch
    {
        SimulatedMachine { Model: KernelModel.OriginalActivations } => "simulated, original activations (the paper's figure 1)",
        SimulatedMachine => "simulated, extended activations (the paper's figure 3)",
        PatchedMachine => $"{machine.Name}: the kernel of today (figure 3, each upcall on an activation of its own)",
        _ => machine.Name,
    };

    // Moments too close for two labels share one.
    private static IEnumerable<Tick> Ticks(ActivationStory story, long end)
    {
        var moments = story.Moments.OrderBy(moment => moment.Time).ToList();
        for (var first = 0; first < moments.Count;)
        {
            var together = moments.Skip(first).TakeWhile((moment, i) => i == 0 || moment.Time - moments[first + i - 1].Time < end / 20).ToList();
            var time = Microseconds(together[^1].Time);
            yield return new Tick(time, string.Create(CultureInfo.InvariantCulture, $"{time:0} ({string.Join(", ", together.Select(moment => moment.Letter))})"));
            first += together.Count;
        }
    }

    private static string Words(ActivationStory story) => string.Join(", ", story.Moments.Select(moment => string.Create(CultureInfo.InvariantCulture, $"({moment.Letter}) {moment.What} at {Microseconds(moment.Time):0.#} µs")));

    private static string Letter(int activation) => activation <= 26 ? ((char)('A' + activation - 1)).ToString() : activation.ToString(CultureInfo.InvariantCulture);

    private static double Microseconds(long nanoseconds) => nanoseconds / 1000.0;
}
