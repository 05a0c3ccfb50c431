using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Notebook;
using SchedulerActivations.Policies;
using SchedulerActivations.Specialization;
using Trace = SchedulerActivations.Experiments.Trace;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

/// <summary>Who ran when, and how long events waited for it.</summary>
public sealed class Timelines
{
    private static readonly Comparison Compared = new(SampleResults.Compared());

    [Fact]
    public void A_long_trace_is_thinned()
    {
        var chart = Compared.Timeline(new SimulatedMachine(), from: TimeSpan.Zero, length: TimeSpan.FromSeconds(1));
        Assert.True(chart.ToHtml().Length < 150_000, $"{chart.ToHtml().Length} characters");
    }

    [Fact]
    public void A_timeline_shows_the_waits_of_its_stretch_of_time()
    {
        var chart = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5)).Timeline(TimeSpan.FromMilliseconds(95), TimeSpan.FromMilliseconds(30));
        var panel = Assert.Single(chart.Figure.Panels);
        Assert.Equal([100.0, 110.0, 120.0], Assert.Single(panel.Series.OfType<Marks>(), marks => marks.Sign == Sign.Arrival).Points.Select(point => point.X));
        Assert.Contains(panel.Series.OfType<Bars>().SelectMany(bars => bars.Items), bar => bar.Hover.StartsWith("io 1 on VP 0", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_few_threads_each_has_a_colour_and_a_legend_entry_of_its_own_the_same_in_all_panels()
    {
        // In the second run the I/O thread is starved: it is the same thread all the same.
        var results = SampleResults.Compared().Where(result => result.Experiment.Machine is SimulatedMachine && result.Experiment.VirtualProcessors == 1).ToList();
        results[1] = results[1] with { Trace = new([.. results[1].Trace.Events.Where(entry => entry.Kind != TraceEventKind.EventHandled)], 0) };
        var panels = new Comparison(results).Timeline(new SimulatedMachine(), from: TimeSpan.Zero, length: TimeSpan.FromMilliseconds(60)).Figure.Panels;
        var colors = panels.Select(panel => panel.Series.OfType<Bars>().Where(bars => bars.Name != "an event waits").ToDictionary(bars => bars.Name, bars => bars.Color)).ToList();
        Assert.Equal(["compute 1", "compute 2", "compute 3", "compute 4", "io 1 (I/O)"], colors[0].Keys);
        Assert.Equal(colors[0], colors[1]);
        Assert.Equal(5, colors[0].Values.Distinct().Count());
        Assert.Equal(Palette.InputOutput, colors[0]["io 1 (I/O)"]);
        Assert.All(panels[0].Series.OfType<Bars>().Where(bars => bars.Name.StartsWith("compute", StringComparison.Ordinal)), bars => Assert.All(bars.Items, bar => Assert.StartsWith(bars.Name, bar.Hover, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_bar_that_stands_for_several_threads_has_the_colour_of_none()
    {
        var bars = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5)).Timeline(TimeSpan.Zero, TimeSpan.FromSeconds(1)).Figure.Panels[0].Series.OfType<Bars>().ToList();
        var mixed = Assert.Single(bars, series => series.Name == "turns too short to show");
        Assert.All(mixed.Items, bar => Assert.Contains("turns of short length", bar.Hover, StringComparison.Ordinal));
        Assert.DoesNotContain(bars, series => series != mixed && series.Color == mixed.Color);
    }

    [Fact]
    public void Of_many_threads_the_computing_ones_are_told_from_those_that_answer_events()
    {
        var result = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5));
        var many = result with { Threads = [.. result.Threads, .. Enumerable.Range(6, 4).Select(id => new ThreadSummary(id, $"compute {id}", UserThreadState.Ready, TimeSpan.Zero, null))] };
        Assert.Equal(["computing thread", "I/O thread", "an event waits", "it is due", "it is handled"], many.Timeline().Figure.Legend.Select(series => series.Name));
    }

    [Fact]
    public void What_a_timeline_leaves_out_is_said()
    {
        var result = SampleResults.Of("RoundRobin", new SimulatedMachine(), 9, TimeSpan.FromMilliseconds(5));
        var wide = result with { Ports = [.. Enumerable.Range(1, 7).Select(port => result.Ports[0] with { Port = $"port {port}" })] };
        Assert.Equal("RoundRobin (the first 8 virtual processors, the first 6 of 7 ports)", wide.Timeline().Figure.Panels[0].Title);
        Assert.Equal("RoundRobin (the first 8 virtual processors)", result.Timeline().Figure.Panels[0].Title);
    }

    [Fact]
    public void The_axis_of_a_very_short_stretch_has_numbers_that_differ()
    {
        var sample = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5));
        using var plot = StaticDrawing.ToPlot(sample.Timeline(TimeSpan.Zero, TimeSpan.FromMicroseconds(1)).Figure.Panels[0]);
        plot.GetImage(800, 300).Dispose();
        var labels = plot.Axes.Bottom.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => tick.Label).ToList();
        Assert.True(labels.Count > 2 && labels.Distinct().Count() == labels.Count, string.Join(' ', labels));
    }

    [Fact]
    public async Task A_timeline_and_its_waits_go_to_the_end_of_the_run()
    {
        // Nothing changes after the first instant.
        var result = await RunAsync(new StaticPriority(), new ComputeAndIo { ComputingThreads = 1, IoThreads = 0 }, CostModel.Paper2004, milliseconds: 50);
        Assert.Equal(50_000_000.0, result.Trace.Timeline().Sum(bar => bar.End - bar.Start), tolerance: 1000);
        Assert.Equal("Who ran when: simulated, 1 VP, 50.0 ms of 50.0 ms", result.Timeline().Title);
        var waiting = new Trace([new TraceEvent(1000, -1, 0, TraceEventKind.EventDue, 0)], 0, 50_000);
        Assert.Equal([new Wait(0, 1000, 50_000, false)], Wait.Of(waiting));
        Assert.Equal(waiting.End, ExperimentResult.FromJson((result with { Trace = waiting }).ToJson()).Trace.End);
    }

    [Fact]
    public async Task After_the_end_of_a_full_trace_no_thread_is_shown_to_run_and_no_event_to_wait()
    {
        var result = await RunAsync(new RoundRobin { TimeSlice = TimeSpan.FromMicroseconds(1) }, new ComputeAndIo { IoThreads = 1, EventsPerSecond = 100 }, CostModel.Free, milliseconds: 1000);
        Assert.True(result.Trace.Dropped > 0);
        Assert.True(result.Trace.Timeline().Max(bar => bar.End - bar.Start) < 10_000);
        Assert.True(result.Trace.End < 900_000_000 && Wait.Of(result.Trace).Max(wait => wait.End - wait.Due) < 1_000_000);
    }

    [Fact]
    public async Task An_event_that_is_handled_at_the_instant_at_which_it_is_due_does_not_wait_for_the_next_one()
    {
        var result = await RunAsync(new RoundRobin(), new PunctualReader(), CostModel.Free with { UserSwitch = 100 }, milliseconds: 50);
        Assert.Equal(TimeSpan.Zero, result.Reactivity.Max);
        Assert.All(Wait.Of(result.Trace), wait => Assert.True(wait.Handled && wait.End - wait.Due <= 1, wait.ToString()));
    }

    [Fact]
    public async Task Of_two_readers_of_a_port_each_ends_the_wait_of_its_own_event()
    {
        var result = await RunAsync(new StaticPriority(), new UnevenReaders(), CostModel.Free, milliseconds: 20);
        var waits = Wait.Of(ExperimentResult.FromJson(result.ToJson()).Trace);
        Assert.Equal([(1, 10, true), (2, 2, true), (3, 20, false), (4, 4, true)], waits.Select(wait => (wait.Due / 1_000_000, wait.End / 1_000_000, wait.Handled)));
    }

    [Fact]
    public async Task Of_a_thousand_ports_each_shows_its_own_waits()
    {
        var result = await RunAsync(new IoFirst(), new ComputeAndIo { IoThreads = 1000, EventsPerSecond = 10 }, CostModel.Paper2004, milliseconds: 300);
        Assert.All(Wait.Of(result.Trace).GroupBy(wait => wait.Port), port => Assert.Equal(result.Ports[port.Key].Handled, port.Count(wait => wait.Handled)));
    }

    [Fact]
    public async Task A_stretch_of_time_is_shown_as_far_as_there_is_a_run()
    {
        var (before, beyond) = (TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(5));
        Assert.Equal("Who ran when: simulated, 1 VP, 1.00 s of 1.00 s", Compared.Results[0].Timeline(before, beyond).Title);
        var result = await RunAsync(new IoFirst(), new ComputeAndIo { IoThreads = 1, EventsPerSecond = 2000 }, CostModel.Paper2004, milliseconds: 2);
        var bars = Lab.ActivationChart((result, TimeSpan.FromMilliseconds(1.5), TimeSpan.FromMilliseconds(1))).Figure.Panels[0].Series.OfType<Bars>().SelectMany(series => series.Items);
        Assert.Equal(500, bars.Max(bar => bar.End));
    }

    [Fact]
    public void An_event_that_nobody_handled_has_waited_until_the_end_of_the_run_as_its_table_says()
    {
        // On a real machine a thread comes to its next safepoint a little after the end.
        var reactivity = new ReactivityHistogram();
        reactivity.Record(10_000_000);
        var result = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.Zero) with
        {
            Ports = [new PortReactivity("port 1", reactivity, 1, 0)],
            Trace = new Trace([new TraceEvent(0, 0, 1, TraceEventKind.Running, 0), new TraceEvent(990_000_000, -1, 0, TraceEventKind.EventDue, -1), new TraceEvent(1_030_000_000, 0, 1, TraceEventKind.Finished, 0)], 0, 1_000_000_000),
        };
        var chart = result.Timeline();
        Assert.Contains("1 events were due and waited 10.0 ms on average", chart.Text, StringComparison.Ordinal);
        Assert.Equal("an event of port 1 waits 10.0 ms, not handled", Assert.Single(chart.Figure.Panels[0].Series.OfType<Bars>(), bars => bars.Name == "an event waits").Items.Single().Hover);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Of_many_threads_a_turn_is_told_from_the_next_on_any_number_of_virtual_processors(int processors)
    {
        // Ten threads in turn: on two virtual processors the odd ones run on one of them.
        var sample = SampleResults.Of("RoundRobin", new SimulatedMachine(), processors, TimeSpan.Zero);
        var turns = Enumerable.Range(0, 8 * processors).Select(turn => new TraceEvent(turn / processors * 4_000_000, turn % processors, 1 + (turn % 10), TraceEventKind.Running, 0));
        var result = sample with { Threads = [.. Enumerable.Range(1, 10).Select(id => new ThreadSummary(id, $"compute {id}", UserThreadState.Ready, TimeSpan.Zero, null))], Trace = new Trace([.. turns], 0, 32_000_000) };
        var bars = result.Timeline().Figure.Panels[0].Series.OfType<Bars>().SelectMany(series => series.Items.Select(bar => (bar.Row, bar.Start, series.Color)));
        foreach (var row in bars.GroupBy(bar => bar.Row, (_, row) => row.OrderBy(bar => bar.Start).ToList()))
        {
            Assert.Equal(8, row.Count);
            Assert.All(row.Zip(row.Skip(1)), pair => Assert.NotEqual(pair.First.Color, pair.Second.Color));
        }
    }

    [Fact]
    public void A_stretch_of_time_after_the_run_is_refused()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Compared.Results[0].Timeline(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(40)));
        Assert.Contains("Nothing lies between 00:00:05 and 00:00:05.0400000 of the run", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Compared.Timeline(new SimulatedMachine(), 1, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void A_stretch_of_time_before_the_run_is_refused_and_one_without_end_goes_to_the_run_s()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Compared.Results[0].Timeline(TimeSpan.FromSeconds(-2), TimeSpan.FromSeconds(1)));
        foreach (var from in new[] { 0, 0.5 })
            Assert.Equal(1000, Compared.Results[0].Timeline(TimeSpan.FromSeconds(from), TimeSpan.MaxValue).Figure.Panels[0].X.Max);
    }

    // Not by way of the notebook: another test may interrupt its own.
    private static Task<ExperimentResult> RunAsync(SchedulingPolicy policy, Workload workload, CostModel costs, double milliseconds) => ExperimentRunner.RunAsync(new Experiment
    {
        Policy = Lab.Catalog.Describe(policy),
        Workload = Lab.Catalog.Describe(workload),
        Machine = new SimulatedMachine { Costs = costs },
        Duration = TimeSpan.FromMilliseconds(milliseconds),
    });

    /// <summary>Of four events of one port three are handled, in another order than that in which they are due.</summary>
    public sealed class UnevenReaders : Workload
    {
        protected override void Define(WorkloadDefinition w)
        {
            var port = w.Port("in", Traffic.At([.. Enumerable.Range(1, 4).Select(i => TimeSpan.FromMilliseconds(i))]));
            foreach (var (name, comes, priority) in new[] { ("late", 0, 1), ("at once", 0.1, 5), ("never", 0.2, -1), ("at once, too", 0.3, 5) })
            {
                w.Thread(name, async t =>
                {
                    await t.Sleep(TimeSpan.FromMilliseconds(comes));
                    await t.Read(port);
                }, priority);
            }
            foreach (var (priority, work) in new[] { (3, 9.5), (0, 100) })
            {
                w.Thread("busy", async t =>
                {
                    await t.Sleep(TimeSpan.FromMilliseconds(0.5));
                    await t.Compute(TimeSpan.FromMilliseconds(work));
                }, priority);
            }
        }
    }

    /// <summary>Comes to its port at the very instant at which the first event is due.</summary>
    public sealed class PunctualReader : Workload
    {
        protected override void Define(WorkloadDefinition w)
        {
            var port = w.Port("in", Traffic.At(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(9)));
            w.Thread("reader", async t =>
            {
                await t.Compute(TimeSpan.FromMilliseconds(1) - t.Now);
                while (await t.Read(port) is not null) { }
            });
        }
    }
}
