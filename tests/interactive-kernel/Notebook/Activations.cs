using SchedulerActivations.Experiments;
using SchedulerActivations.Machines;
using SchedulerActivations.Notebook;
using SchedulerActivations.Policies;
using Kernels = SchedulerActivations.Notebook.Machines;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

/// <summary>The picture of a blocking call: which activation runs or holds which thread.</summary>
[Collection("notebook host")]
public sealed class Activations
{
    private static async Task<ExperimentResult> RunAsync(Machine machine, int virtualProcessors = 1, bool tracing = true) => await Lab.RunAsync(
        new IoFirst(), new ComputeAndIo { IoThreads = 1, ComputingThreads = 1, EventsPerSecond = 2000 }, machine, virtualProcessors, TimeSpan.FromMilliseconds(2), tracing: tracing);

    [Fact]
    public async Task Each_activation_does_one_thing_at_a_time_and_the_processor_is_never_on_two()
    {
        foreach (var machine in new[] { Kernels.Simulated, Kernels.SimulatedOriginalActivations })
        {
            var result = await RunAsync(machine);
            var story = new ActivationStory(result);
            foreach (var activation in story.Bars.GroupBy(bar => bar.Activation)) AssertApart(activation);
            AssertApart(story.Bars.Where(bar => bar.Kind is ActivationBarKind.Runs or ActivationBarKind.Kernel));
            Assert.Contains(story.Bars, bar => bar.Kind == ActivationBarKind.Blocked);
            Assert.Equal(["a", "b", "c", "d", "e"], story.Moments.Select(moment => moment.Letter).Order());
            // The bars of running threads are their work, give or take the cost of coming to the first instruction.
            var work = result.Threads.Sum(thread => thread.Work.TotalNanoseconds);
            Assert.InRange(story.Bars.Where(bar => bar.Kind == ActivationBarKind.Runs).Sum(bar => bar.End - bar.Start), work * 0.97, work * 1.1);
        }
    }

    [Fact]
    public async Task The_chart_has_a_panel_for_each_run_and_a_row_for_each_activation()
    {
        var (original, extended) = (await RunAsync(Kernels.SimulatedOriginalActivations), await RunAsync(Kernels.Simulated));
        var figure = Lab.ActivationChart(original, extended).Figure;
        Assert.Equal(["simulated, original activations (the paper's figure 1)", "simulated, extended activations (the paper's figure 3)"], figure.Panels.Select(panel => panel.Title));
        Assert.Equal(["A", "B"], figure.Panels[1].Y.Ticks!.Select(tick => tick.Label));
        Assert.True(figure.Panels[0].Y.Ticks!.Count > 2);
    }

    [Fact]
    public async Task Runs_that_it_cannot_show_are_refused_with_the_reason()
    {
        var untraced = await RunAsync(Kernels.Simulated, tracing: false);
        Assert.Contains("does not name activations", Assert.Throws<ArgumentException>(() => Lab.ActivationChart(untraced)).Message, StringComparison.Ordinal);
        var two = await RunAsync(Kernels.Simulated, virtualProcessors: 2);
        Assert.Contains("one virtual processor", Assert.Throws<ArgumentException>(() => Lab.ActivationChart(two)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_ones_own_needs_a_text_for_each_column()
    {
        var table = Lab.Table(["", "here"], ["yield", "24 ns"]);
        Assert.Contains("24 ns", table.Data["text/plain"], StringComparison.Ordinal);
        Assert.Contains("<td", table.Data["text/html"], StringComparison.Ordinal);
        Assert.Contains("3 texts for 2 columns", Assert.Throws<ArgumentException>(() => Lab.Table(["", "here"], ["a", "b", "c"])).Message, StringComparison.Ordinal);
    }

    private static void AssertApart(IEnumerable<ActivationBar> bars)
    {
        var sorted = bars.OrderBy(bar => bar.Start).ToList();
        Assert.All(sorted.Zip(sorted.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start, $"{pair}"));
    }
}
