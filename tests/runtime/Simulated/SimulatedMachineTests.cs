using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Simulated;

namespace SchedulerActivations.Tests.Simulated;

public sealed class SimulatedMachineTests
{
    private static readonly SimulatedMachine Free = new() { Costs = CostModel.Free };

    [Theory]
    [InlineData(KernelModel.ExtendedActivations, 1)]
    [InlineData(KernelModel.ExtendedActivations, 3)]
    [InlineData(KernelModel.KernelThreads, 1)]
    [InlineData(KernelModel.KernelThreads, 3)]
    public void The_same_seed_gives_the_identical_trace_and_another_seed_another(KernelModel model, int vps)
    {
        var machine = new SimulatedMachine { Model = model };
        var traces = new[] { 7UL, 7UL, 8UL }.Select(seed => TestRun.On(machine, w => new ComputeAndIo().Define(w), vps: vps, milliseconds: 500, seed: seed).Trace).ToList();
        Assert.NotEmpty(traces[0].Events);
        Assert.Equal(traces[0].Events, traces[1].Events);
        Assert.NotEqual(traces[0].Events, traces[2].Events);
    }

    [Fact]
    public void Seeds_are_told_apart_in_their_whole_length()
    {
        ulong[] seeds = [0, 1, int.MaxValue, uint.MaxValue, 1UL << 32, (1UL << 32) + 1, ulong.MaxValue - 1, ulong.MaxValue];
        var traces = seeds.Select(seed => string.Join(' ', TestRun.On(TestRun.Simulated, w => new ComputeAndIo().Define(w), seed: seed).Trace.Events)).ToList();
        Assert.Equal(seeds.Length, traces.Distinct().Count());
    }

    [Fact]
    public void An_unblocked_thread_starts_after_interrupt_upcall_and_restart_as_the_paper_has_them()
    {
        var result = TestRun.On(TestRun.Simulated, w =>
        {
            var port = w.Port("in", Traffic.Periodic(TimeSpan.FromMilliseconds(10)));
            w.Thread("io", async t => { while (await t.Read(port) is not null) { } });
        });
        var paper = CostModel.Paper2004;
        Assert.Equal(paper.Interrupt + paper.Upcall + paper.Restart, result.Reactivity.PercentileNanoseconds(50), tolerance: 20.0);
        Assert.Equal(result.Reactivity.P50, result.Reactivity.Max);
    }

    [Fact]
    public void Preempted_work_is_done_in_full_and_no_more()
    {
        var result = TestRun.On(Free, w => w.Threads("compute", 4, async t => await t.Compute(TimeSpan.FromMilliseconds(30))), milliseconds: 1000);
        Assert.All(result.Threads, thread => Assert.Equal(TimeSpan.FromMilliseconds(30), thread.Work));
        Assert.Equal(120, result.Elapsed.TotalMilliseconds, tolerance: 0.1);
    }

    [Fact]
    public void Round_robin_gives_computing_threads_equal_shares()
    {
        var result = TestRun.On(Free, w => w.Threads("compute", 5, async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(1)); }), milliseconds: 1000);
        Assert.All(result.Threads, thread => Assert.InRange(thread.Work.TotalMilliseconds, 195, 205));
        Assert.Equal(1, result.Throughput, tolerance: 0.001);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void Waiting_agrees_with_the_queueing_theory_of_a_single_server(double load)
    {
        // M/D/1: the mean wait is load × service / (2 (1 − load)) (Pollaczek and Khinchine).
        var service = TimeSpan.FromMilliseconds(1);
        var result = TestRun.On(Free, w =>
        {
            var port = w.Port("in", Traffic.Poisson(load * 1000));
            w.Thread("server", async t => { while (await t.Read(port) is not null) await t.Compute(service); });
        }, milliseconds: 200_000, seed: 3);
        var expected = load * service / (2 * (1 - load));
        Assert.InRange(result.Reactivity.Mean / expected, 0.95, 1.05);
    }

    [Fact]
    public void A_kernel_thread_beside_computing_ones_waits_for_the_fair_scheduler()
    {
        ExperimentResult Run(KernelModel model) => TestRun.On(new SimulatedMachine { Model = model }, w => new ComputeAndIo { ComputingThreads = 32 }.Define(w), milliseconds: 5000);
        var threads = Run(KernelModel.KernelThreads).Reactivity;
        Assert.True(threads.P99 > TimeSpan.FromMilliseconds(1), $"p99 {threads.P99}");
        Assert.True(threads.P50 < TimeSpan.FromMilliseconds(1), $"p50 {threads.P50}");
    }

    [Fact]
    public void A_thread_that_lets_no_virtual_time_pass_is_named_in_the_error()
    {
        // It is left behind, and would take a processor from all tests that follow.
        var stop = false;
        var error = Assert.Throws<TimeoutException>(() => TestRun.On(TestRun.Simulated, w => w.Thread("spinner", t =>
        {
            while (!Volatile.Read(ref stop)) Thread.SpinWait(100);
            return default;
        })));
        Volatile.Write(ref stop, true);
        Assert.Contains("spinner", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_from_outside_cannot_be_awaited_and_the_error_says_what_can()
    {
        var result = TestRun.On(TestRun.Simulated, w => w.Thread("awaiter", async t => await Task.Delay(1)));
        Assert.Contains("use Sleep, Read and Compute", result.Threads[0].Exception, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_run_can_be_cancelled()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var components = new ComponentCatalog();
        LambdaWorkload.Use(w => new ComputeAndIo().Define(w));
        var experiment = new Experiment
        {
            Policy = components.Describe(new RoundRobin()),
            Workload = components.Describe(new LambdaWorkload()),
            Machine = TestRun.Simulated,
            Duration = TimeSpan.FromHours(10),
            Tracing = false,
        };
        Assert.ThrowsAny<OperationCanceledException>(() => TestRun.Simulated.Run(experiment, components, new RunControl(), null, cancellation.Token));
    }

    [Fact]
    public void A_sleep_that_was_cancelled_costs_nothing_when_it_would_have_ended()
    {
        TimeSpan WorkBeside(double sleep) => TestRun.On(TestRun.Simulated, w => w.Thread("compute", async t =>
        {
            for (var i = 0; i < 100; i++)
            {
                var sleeper = t.Spawn(async c => await c.Sleep(TimeSpan.FromMilliseconds(sleep + (0.1 * c.Thread.Id))));
                await t.Yield();
                t.Cancel(sleeper);
            }
            while (true) await t.Compute(TimeSpan.FromMilliseconds(1));
        })).Threads[0].Work;
        Assert.Equal(WorkBeside(1_000_000), WorkBeside(100));
    }

    [Fact]
    public void An_event_that_nobody_handles_has_waited_until_the_end()
    {
        var result = TestRun.On(TestRun.Simulated, w =>
        {
            var port = w.Port("port", Traffic.Periodic(TimeSpan.FromMilliseconds(10)));
            w.Thread("reader", async t =>
            {
                for (var i = 0; i < 9; i++) await t.Read(port);
                while (true) await t.Compute(TimeSpan.FromMilliseconds(1));
            });
        });
        var measured = Assert.Single(result.Ports);
        Assert.Equal((19, 9, 19), (measured.Due, measured.Handled, measured.Histogram.Count));
        Assert.Equal(100, measured.Histogram.Max.TotalMilliseconds, tolerance: 1);
    }

    [Fact]
    public void Times_beyond_all_bounds_are_very_long()
    {
        var woken = false;
        var result = TestRun.On(TestRun.Simulated, w =>
        {
            w.Port("never", Traffic.Periodic(TimeSpan.MaxValue));
            w.Port("nor here", Traffic.At(TimeSpan.MaxValue));
            w.Thread("sleeper", async t =>
            {
                await t.SleepUntil(TimeSpan.MinValue);
                woken = true;
                await t.SleepUntil(TimeSpan.MaxValue);
            });
            w.Threads("endless", 2, async t => await t.Compute(TimeSpan.MaxValue));
        }, new RoundRobin { TimeSlice = TimeSpan.MaxValue });
        Assert.True(woken);
        Assert.All(result.Ports, port => Assert.Equal(0, port.Due));
        Assert.Equal(1, result.Throughput, tolerance: 0.01);
        Assert.Equal(0, result.Counters["preemptions"]);
    }
}
