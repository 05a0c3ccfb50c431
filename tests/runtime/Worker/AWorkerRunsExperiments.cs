using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Machines.Stock;
using SchedulerActivations.Tests.Experiments;

namespace SchedulerActivations.Tests.Worker;

[Collection("worker")]
public sealed class AWorkerRunsExperiments : WorkerTest
{
    [Fact]
    public async Task A_run_in_a_worker_gives_what_a_run_here_gives()
    {
        var experiment = Of(new ComputeAndIo());
        var there = await RunAsync(experiment);
        var here = await ExperimentRunner.RunAsync(experiment);
        Assert.Equal(here.Trace.Events, there.Trace.Events);
        Assert.Equal((here with { Environment = there.Environment }).ToJson(), there.ToJson());
    }

    [Fact]
    public async Task The_stock_machine_runs_in_a_worker_and_reports_progress()
    {
        var progress = new Reports();
        var result = await ExperimentRunner.RunAsync(Of(new ComputeAndIo(), new StockMachine()), progress);
        Assert.True(result.Reactivity.Count > 0);
        Assert.Contains(progress.All, report => report.Elapsed > TimeSpan.Zero);
        Assert.All(progress.All, report => Assert.Equal(TimeSpan.FromSeconds(1), report.Total));
    }

    [Fact]
    public async Task Console_output_of_user_code_arrives_before_the_result()
    {
        await RunAsync(Misbehave("error stream"));
        Assert.Equal("doing error stream\nto the error stream\n", Seen.Output);
    }

    [Fact]
    public async Task A_character_written_in_halves_arrives_whole()
    {
        await RunAsync(Misbehave("halves"));
        Assert.Equal("doing halves\n\ud83d\ude00", Seen.Output);
    }

    [Theory]
    [InlineData("write to the message stream", "")]
    [InlineData("read the message stream", "read -1\n")]
    public async Task User_code_cannot_get_between_the_messages(string what, string output)
    {
        var result = await RunAsync(Misbehave(what));
        Assert.Equal(UserThreadState.Finished, Assert.Single(result.Threads).State);
        Assert.Equal($"doing {what}\n{output}", Seen.Output);
    }

    [Fact]
    public async Task A_flood_of_output_is_cut_and_says_so()
    {
        await RunAsync(Misbehave("flood"));
        Assert.StartsWith("doing flood\nxxx", Seen.Output, StringComparison.Ordinal);
        Assert.Contains("more characters were written faster than they could be shown", Seen.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cells_policy_and_a_cell_it_refers_to_go_along()
    {
        var shared = Cell.Instance("Choice", "public sealed class Choice { public static string Text => \"chosen\"; }", "cell 1");
        var image = new ComponentCatalog().Describe(shared).Image!;
        var workload = (Workload)Cell.Instance("Uses", """
            public sealed class Uses : Workload
            {
                public int Times { get; set; }
                protected override void Define(WorkloadDefinition w) => Console.Write($"{Choice.Text} {Times}");
            }
            """, "cell 2", image);
        workload.GetType().GetProperty("Times")!.SetValue(workload, 5);
        await RunAsync(Of(workload));
        Assert.Equal("chosen 5", Seen.Output);
    }

    [Fact]
    public async Task A_policy_that_throws_in_a_worker_is_shown_with_its_own_line()
    {
        var policy = Cell.Instance("Late", """
            public sealed class Late : SchedulingPolicy
            {
                protected override void OnReady(UserThread thread, ReadyReason reason) { }
                protected override UserThread? FindNextToRun(VirtualProcessor vp)
                {
                    throw new InvalidOperationException("not now");
                }
            }
            """, "cell 6");
        var result = await RunAsync(Of(new ComputeAndIo()) with { Policy = new ComponentCatalog().Describe(policy) });
        Assert.Equal(("cell 6", 6), (result.Ejection!.Cell, result.Ejection.Line));
    }

    [Fact]
    public async Task A_workload_that_throws_is_blamed_with_its_own_line_wherever_it_runs()
    {
        var workload = (Workload)Cell.Instance("Bad", """
            public sealed class Bad : Workload
            {
                protected override void Define(WorkloadDefinition w)
                {
                    w.Port("p", Traffic.Poisson(-1));
                }
            }
            """, "cell 4");
        var there = await Assert.ThrowsAsync<ComponentException>(() => RunAsync(Of(workload)));
        var here = await Assert.ThrowsAsync<ComponentException>(() => ExperimentRunner.RunAsync(Of(workload)));
        Assert.Equal(("cell 4", 5), (there.Cell, there.Line));
        Assert.Equal(here.Message, there.Message);
        Assert.Contains("needs a positive rate", here.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_negative_rate_of_our_own_workload_is_blamed_on_it()
    {
        var error = await Assert.ThrowsAsync<ComponentException>(() => ExperimentRunner.RunAsync(Of(new ComputeAndIo { EventsPerSecond = -1 })));
        Assert.Contains("ComputeAndIo threw ArgumentOutOfRangeException", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plain_cells_policy_is_refused_before_anything_is_started()
    {
        var type = System.Reflection.Assembly.Load(Cell.Compile(PolicySourceIsFound.Mine)).GetType("Mine")!;
        var experiment = Of(new ComputeAndIo(), new StockMachine()) with { Policy = new ComponentCatalog().Describe(Activator.CreateInstance(type)!) };
        var error = await Assert.ThrowsAsync<ComponentException>(() => ExperimentRunner.RunAsync(experiment));
        Assert.Contains("#!policy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_experiment_without_virtual_processors_is_refused() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ExperimentRunner.RunAsync(Of(new ComputeAndIo()) with { VirtualProcessors = 0 }));

    [Fact]
    public async Task A_run_until_all_threads_have_ended_can_be_asked_for()
    {
        var result = await RunAsync(Misbehave("nothing") with { Duration = TimeSpan.MaxValue });
        Assert.Equal(UserThreadState.Finished, Assert.Single(result.Threads).State);
    }

    [Fact]
    public async Task A_run_here_can_be_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var run = ExperimentRunner.RunAsync(Endless(), Seen, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task A_large_trace_comes_through_whole()
    {
        var experiment = Of(new ComputeAndIo { WorkBetweenSafepoints = TimeSpan.FromMicroseconds(20) }, new SimulatedMachine { Costs = CostModel.Free });
        var result = await RunAsync(experiment with { VirtualProcessors = 4, Duration = TimeSpan.FromSeconds(20) });
        Assert.True(result.Trace.Events.Count > 20_000, $"{result.Trace.Events.Count} events");
    }
}
