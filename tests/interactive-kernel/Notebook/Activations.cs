using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines;
using SchedulerActivations.Notebook;
using SchedulerActivations.Policies;
using SchedulerActivations.Upcalls;
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

    public sealed class Joining : Workload
    {
        protected override void Define(WorkloadDefinition w) => w.Thread("joins", async t =>
        {
            await t.Join(t.Spawn(async u => await u.Compute(TimeSpan.FromMicroseconds(100)), "joined"));
            await t.Sleep(TimeSpan.FromMicroseconds(100));
            await t.Compute(TimeSpan.FromMicroseconds(100));
        });
    }

    [Fact]
    public async Task A_thread_that_waited_for_another_one_or_slept_does_not_come_from_the_kernel()
    {
        var story = new ActivationStory(await Lab.RunAsync(new RoundRobin(), new Joining(), Kernels.Simulated));
        Assert.InRange(story.Bars.Where(bar => bar.Kind == ActivationBarKind.Runs).Sum(bar => bar.End - bar.Start), 200_000, 205_000);
        Assert.DoesNotContain(story.Bars, bar => bar.Kind is ActivationBarKind.Blocked or ActivationBarKind.Restartable);
    }

    [Fact]
    public async Task A_stretch_begins_at_zero_and_names_its_own_activations_only()
    {
        var result = await RunAsync(Kernels.SimulatedOriginalActivations);
        var all = new ActivationStory(result);
        var window = new TimeWindow(all.End / 2, all.End);
        var half = new ActivationStory(result, window);
        Assert.True(half.Activations < all.Activations);
        Assert.Equal(window.Length, half.End);
        Assert.Equal(0, half.Bars.Min(bar => bar.Start));
        Assert.All(half.Bars, bar => Assert.InRange(bar.End, bar.Start, window.Length));
        long Running(ActivationStory story, long from) => story.Bars.Where(bar => bar.Kind == ActivationBarKind.Runs).Sum(bar => Math.Max(0, bar.End - Math.Max(bar.Start, from)));
        Assert.Equal(Running(all, window.Start), Running(half, 0));
        var figure = Lab.ActivationChart((result, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(0.5))).Figure;
        Assert.Equal("A", figure.Panels[0].Y.Ticks![0].Label);
        Assert.Throws<ArgumentOutOfRangeException>(() => Lab.ActivationChart((result, TimeSpan.FromMilliseconds(1), TimeSpan.Zero)));
    }

    [Fact]
    public void Where_an_upcall_has_an_activation_of_its_own_the_interrupted_one_keeps_its_thread_until_it_is_restarted()
    {
        // Thread 1 blocks on activation 5 and 2 runs on 9; an event wakes 1, and 2 is held until 1 blocks again.
        static TraceEvent Of(long time, int thread, TraceEventKind kind, byte detail = 0) => new(time, kind == TraceEventKind.EventDue ? -1 : 0, thread, kind, detail);
        var result = SampleResults.Of("IoFirst", Kernels.Patched, 1, TimeSpan.Zero) with
        {
            Elapsed = TimeSpan.FromMicroseconds(100),
            Trace = new Trace(
            [
                Of(0, 5, TraceEventKind.Carried), Of(0, 1, TraceEventKind.Running),
                Of(10_000, 9, TraceEventKind.Carried), Of(11_000, 0, TraceEventKind.Upcall, (byte)UpcallKind.Block), Of(11_000, 1, TraceEventKind.Blocked), Of(12_000, 2, TraceEventKind.Running),
                Of(50_000, 1, TraceEventKind.EventDue), Of(55_000, 7, TraceEventKind.Carried), Of(56_000, 0, TraceEventKind.Upcall, (byte)UpcallKind.Unblock),
                Of(56_000, 1, TraceEventKind.Ready), Of(56_000, 2, TraceEventKind.Ready), Of(56_000, 1, TraceEventKind.Running),
                Of(57_000, 0, TraceEventKind.Upcall, (byte)UpcallKind.Restart), Of(58_000, 5, TraceEventKind.Carried), Of(60_000, 1, TraceEventKind.EventHandled),
                Of(80_000, 7, TraceEventKind.Carried), Of(81_000, 0, TraceEventKind.Upcall, (byte)UpcallKind.Block), Of(81_000, 1, TraceEventKind.Blocked), Of(81_000, 2, TraceEventKind.Running),
                Of(82_000, 0, TraceEventKind.Upcall, (byte)UpcallKind.Restart), Of(83_000, 9, TraceEventKind.Carried),
            ], 0),
        };
        var bars = new ActivationStory(result).Bars;
        IEnumerable<(long Start, long End)> On(int activation, ActivationBarKind kind) => bars.Where(bar => (bar.Activation, bar.Kind) == (activation, kind)).Select(bar => (bar.Start, bar.End));
        Assert.Equal([(12_000, 50_000), (83_000, 100_000)], On(2, ActivationBarKind.Runs));
        Assert.Equal([(56_000, 81_000)], On(2, ActivationBarKind.Restartable));
        Assert.Equal([(0, 10_000), (60_000, 80_000)], On(1, ActivationBarKind.Runs));
        Assert.Equal([(11_000, 56_000), (81_000, 100_000)], On(1, ActivationBarKind.Blocked).Order());
        Assert.Empty(On(3, ActivationBarKind.Runs));
        Assert.Equal(6_000, On(3, ActivationBarKind.Kernel).Sum(bar => bar.End - bar.Start));
        AssertApart(bars.Where(bar => bar.Kind is ActivationBarKind.Runs or ActivationBarKind.Kernel));
    }

    [Fact]
    public async Task Threads_of_one_name_are_told_apart()
    {
        var result = await RunAsync(Kernels.Simulated);
        var same = result with { Threads = [.. result.Threads.Select(thread => thread with { Name = "worker" })] };
        Assert.Equal(["worker, thread 1", "worker, thread 2"], Lab.ActivationChart(same).Figure.Legend.Select(series => series.Name).Where(name => name.StartsWith("worker", StringComparison.Ordinal)));
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
