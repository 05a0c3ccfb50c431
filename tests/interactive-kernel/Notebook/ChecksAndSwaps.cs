using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Network;
using SchedulerActivations.Exploration;
using SchedulerActivations.Notebook;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

// A cell stands in no namespace; here the namespace of the machines would be found first.
using Machines = SchedulerActivations.Notebook.Machines;

/// <summary>Checking a policy under many schedules and swapping one for another, as cells do it.</summary>
[Collection("notebook host")]
public sealed class ChecksAndSwaps : IDisposable
{
    private const string Forgetful = """
        public sealed class Forgetful : SchedulingPolicy
        {
            private UserThread? _unblocked;
            private readonly ThreadQueue _ready = new();

            protected override void OnReady(UserThread thread, ReadyReason reason)
            {
                if (reason == ReadyReason.Unblocked) _unblocked = thread;
                else _ready.Enqueue(thread);
            }

            protected override UserThread? FindNextToRun(VirtualProcessor vp)
            {
                var next = _unblocked ?? _ready.Dequeue();
                _unblocked = null;
                return next;
            }
        }
        """;

    private readonly RecordingHost _host = new();

    public ChecksAndSwaps() => NotebookHost.Current = _host;

    public void Dispose() => NotebookHost.Current = null;

    /// <summary>An object of the policy that a cell defines, as the notebook knows it.</summary>
    private static SchedulingPolicy PolicyCell(string source)
    {
        var cell = new CellCompiler().Compile(CellKind.Policy, source, "Cell [1]");
        Lab.Catalog.Register(cell.Image!, cell.Assembly!, source, cell.CellName);
        return (SchedulingPolicy)Activator.CreateInstance(cell.Assembly!.GetType(cell.TypeNames.Single())!)!;
    }

    [Fact]
    public async Task A_correct_policy_is_said_to_break_no_rule()
    {
        var result = await Lab.CheckAsync(new Policies.IoFirst(), schedules: 200);
        Assert.Equal("IoFirst: 200 schedules, no rule broken.", result.ToString());
        Assert.Contains("random programs", result.ToMimeBundle().Data[MimeBundle.Html], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cells_policy_is_checked_in_a_worker_and_shown_with_its_line_the_shortest_trace_and_a_picture()
    {
        var result = await Lab.CheckAsync(PolicyCell(Forgetful));
        var broken = result.Broken!;
        Assert.Equal((nameof(PolicyRule.ForgetsNoThread), "Cell [1]", 14), (broken.Rule, broken.Cell, broken.Line));
        Assert.Equal(2, broken.Threads.Count);
        Assert.Contains($"Again: check with seed: {broken.Seed}, schedules: 1", result.ToString(), StringComparison.Ordinal);
        var bundle = result.ToMimeBundle();
        Assert.Contains("var next = _unblocked ?? _ready.Dequeue();", bundle.Data[MimeBundle.Html], StringComparison.Ordinal);
        Assert.Contains("t1 blocks (", bundle.Data[MimeBundle.Html], StringComparison.Ordinal);
        Assert.Contains("class=\"scheduler-chart\"", bundle.Data[MimeBundle.Html], StringComparison.Ordinal);
        Assert.NotEmpty(bundle.Data[MimeBundle.Png]);

        var again = await Lab.CheckAsync(PolicyCell(Forgetful), schedules: 1, seed: broken.Seed);
        Assert.Equal(result.ToString(), again.ToString());
    }

    [Fact]
    public async Task A_policy_that_is_ejected_before_any_time_has_passed_has_no_picture()
    {
        var result = await Lab.CheckAsync(PolicyCell("""
            public sealed class Throwing : SchedulingPolicy
            {
                protected override void OnReady(UserThread thread, ReadyReason reason) => throw new InvalidOperationException("at once");
                protected override UserThread? FindNextToRun(VirtualProcessor vp) => null;
            }
            """), schedules: 1);
        Assert.Equal(nameof(PolicyRule.DoesNotThrow), result.Broken!.Rule);
        Assert.Equal([MimeBundle.Html, MimeBundle.Plain], result.ToMimeBundle().Data.Keys);
    }

    [Fact]
    public async Task The_notebooks_interrupt_ends_a_check()
    {
        var check = Lab.CheckAsync(new RoundRobin(), schedules: int.MaxValue);
        await _host.Interrupt.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check);
    }

    [Fact]
    public async Task A_long_check_shows_how_far_it_has_come_in_one_place()
    {
        var check = Lab.CheckAsync(new RoundRobin(), schedules: int.MaxValue);
        while (_host.Last is null) await Task.Delay(10);
        await _host.Interrupt.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check);
        Assert.Matches(@"^\d+ of 2147483647 schedules: stopped after ", _host.Last.Data[MimeBundle.Plain]);
        Assert.Equal(1, _host.Displays);
    }

    [Fact]
    public void A_checks_progress_ends_with_all_schedules_whatever_is_reported_late()
    {
        var display = new CheckDisplay(_host, new PolicyCheck { Policy = Lab.Catalog.Describe(new RoundRobin()), Schedules = 1000 });
        display.Report(new CheckProgress(841, 1000, false));
        Assert.Equal("841 of 1000 schedules: RoundRobin", _host.Last!.Data[MimeBundle.Plain]);
        display.Close("done", 1000);
        display.Report(new CheckProgress(900, 1000, false));
        Assert.StartsWith("1000 of 1000 schedules: done after ", _host.Last.Data[MimeBundle.Plain], StringComparison.Ordinal);
        Assert.Contains("width:100%", _host.Last.Data[MimeBundle.Html], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_to_check_is_told_before_anything_is_checked()
    {
        Assert.Contains("at least one schedule", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Lab.CheckAsync(new RoundRobin(), schedules: 0))).Message, StringComparison.Ordinal);
        Assert.Contains("virtual processors", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Lab.CheckAsync(new RoundRobin(), virtualProcessors: [0]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_swap_at_a_time_is_drawn_where_it_happened()
    {
        var result = await Lab.RunAsync(new RoundRobin(), new ComputeAndIo(), duration: TimeSpan.FromMilliseconds(400), swaps: [(TimeSpan.FromMilliseconds(200), new Policies.IoFirst())]);
        var swap = Assert.Single(result.Swaps);
        Assert.Equal("IoFirst", swap.Policy.Name);
        var chart = result.Timeline();
        var moment = Assert.Single(chart.Figure.Panels.Single().Series.OfType<Moments>().Single().Items);
        Assert.Equal((swap.Time.TotalMilliseconds, "IoFirst takes over"), (moment.At, moment.Hover));
        Assert.Equal("RoundRobin → IoFirst", chart.Figure.Panels.Single().Title);
        Assert.Contains("another policy takes over", chart.ToHtml(), StringComparison.Ordinal);
        Assert.NotEmpty(chart.ToPng());
    }

    [Fact]
    public async Task A_swap_shortly_before_the_end_is_drawn_to_the_end_and_no_further()
    {
        var result = await Lab.RunAsync(new RoundRobin(), new ComputeAndIo(), duration: TimeSpan.FromMilliseconds(400), swaps: [(TimeSpan.FromMilliseconds(390), new Policies.IoFirst())]);
        Assert.Equal(400, result.Timeline().Figure.Panels.Single().X.Max);
    }

    [Fact]
    public async Task A_run_that_goes_on_takes_the_policy_of_a_later_cell()
    {
        var policy = PolicyCell("""
            public sealed class Later : SchedulingPolicy
            {
                private readonly ThreadQueue _ready = new();
                protected override void OnReady(UserThread thread, ReadyReason reason) => _ready.Enqueue(thread);
                protected override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.Dequeue();
                protected override TimeSpan Quantum(UserThread thread) => TimeSpan.FromMilliseconds(2);
            }
            """);
        var run = Lab.Start(new RoundRobin(), new ComputeAndIo(), Machines.Stock, duration: TimeSpan.FromSeconds(4));
        var first = await run.SwapAsync(new Policies.FairShare());
        var second = await run.SwapAsync(policy);
        var result = await run.Result;
        Assert.Null(result.Ejection);
        Assert.Equal([("FairShare", first), ("Later", second)], result.Swaps.Select(swap => (swap.Policy.Name, swap.Time)));
        Assert.All(result.Swaps, swap => Assert.Null(swap.Ejection));
        // After the swap the threads still have their turns.
        Assert.Contains(result.Trace.Events, entry => entry.Kind == TraceEventKind.Running && entry.Time > second.TotalNanoseconds);
        var late = await Assert.ThrowsAsync<InvalidOperationException>(() => run.SwapAsync(new RoundRobin()));
        Assert.Contains("the run has ended", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_that_has_no_policy_says_so_at_once_and_the_run_goes_on()
    {
        var run = Lab.Start(new RoundRobin(), new NetworkServer(), Machines.ThreadPool, duration: TimeSpan.FromSeconds(1));
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => run.SwapAsync(new RoundRobin()));
        Assert.Contains("'thread pool' schedules by its own means", refused.Message, StringComparison.Ordinal);
        Assert.False(run.Result.IsCompleted);
        Assert.NotEmpty((await run.Result).Ports);
    }

    [Fact]
    public async Task A_policy_that_cannot_be_made_does_not_take_over_and_the_run_goes_on()
    {
        var run = Lab.Start(new RoundRobin(), new ComputeAndIo(), duration: TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAsync<ComponentException>(() => run.SwapAsync(PolicyCell("""
            public sealed class Unmade : SchedulingPolicy
            {
                public int Setting { get => 1; set => throw new InvalidOperationException("not today"); }
                protected override void OnReady(UserThread thread, ReadyReason reason) { }
                protected override UserThread? FindNextToRun(VirtualProcessor vp) => null;
            }
            """)));
        Assert.Contains("not today", error.Message, StringComparison.Ordinal);
        Assert.Empty((await run.Result).Swaps);
    }
}
