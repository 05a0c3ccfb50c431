using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Specialization;
using SchedulerActivations.Upcalls;

namespace SchedulerActivations.Tests.Simulated;

/// <summary>Figures 1 and 3 of the paper: a blocking call under the original and under the extended model.</summary>
public sealed class KernelModelTests
{
    private static readonly SimulatedMachine Original = new() { Model = KernelModel.OriginalActivations };

    private static ExperimentResult BlockingCall(SimulatedMachine machine) => TestRun.On(machine, w =>
    {
        var port = w.Port("event", Traffic.At(TimeSpan.FromMilliseconds(2)));
        w.Thread("blocks", async t =>
        {
            await t.Compute(TimeSpan.FromMilliseconds(1));
            await t.Read(port);
        });
        w.Thread("computes", async t => await t.Compute(TimeSpan.FromMilliseconds(5)));
    }, new FirstComeWithPreemption(), milliseconds: 20);

    private static int[] Activations(ExperimentResult result) =>
        [.. result.Trace.Events.Where(entry => entry.Kind == TraceEventKind.Carried).Select(entry => entry.Thread)];

    [Fact]
    public void In_the_extended_model_the_blocked_threads_own_activation_is_restarted()
    {
        var result = BlockingCall(TestRun.Simulated);
        Assert.Equal([1, 2, 1], Activations(result));
        Assert.Equal(2, result.Counters["upcalls new"]);
        Assert.Equal(1, result.Counters["upcalls restart"]);
    }

    [Fact]
    public void In_the_original_model_a_new_activation_reports_the_unblocking()
    {
        var result = BlockingCall(Original);
        Assert.Equal([1, 2, 3], Activations(result));
        Assert.Equal(0, result.Counters["upcalls restart"]);
        var report = result.Trace.Events.Single(entry => entry.Kind == TraceEventKind.Upcall && entry.Detail == (byte)UpcallKind.Unblock);
        Assert.Equal(report.Time, result.Trace.Events.Last(entry => entry.Kind == TraceEventKind.Carried).Time);
    }

    [Fact]
    public void Reactivity_is_the_sum_of_what_the_mechanisms_cost()
    {
        var costs = CostModel.Paper2004;
        Assert.Equal(costs.Interrupt + costs.Upcall + costs.Restart, BlockingCall(TestRun.Simulated).Reactivity.Max.TotalNanoseconds, tolerance: 50);
        Assert.Equal(costs.Interrupt + (2 * costs.KernelSwitch) + costs.Upcall + costs.UserSwitch, BlockingCall(Original).Reactivity.Max.TotalNanoseconds, tolerance: 50);
    }

    [Theory]
    [InlineData(KernelModel.ExtendedActivations)]
    [InlineData(KernelModel.OriginalActivations)]
    [InlineData(KernelModel.KernelThreads)]
    public void Events_that_come_at_the_same_time_cost_an_interrupt_each_and_one_upcall_together(KernelModel model)
    {
        var result = TestRun.On(new SimulatedMachine { Model = model }, w =>
        {
            for (var i = 1; i <= 3; i++)
            {
                var port = w.Port($"port {i}", Traffic.At(TimeSpan.FromMilliseconds(1)));
                w.Thread($"io {i}", async t => await t.Read(port));
            }
        });
        var costs = CostModel.Paper2004;
        var expected = (3 * costs.Interrupt) + model switch
        {
            KernelModel.ExtendedActivations => costs.Upcall + costs.Restart,
            KernelModel.OriginalActivations => (6 * costs.KernelSwitch) + costs.Upcall + costs.UserSwitch,
            _ => costs.KernelSwitch,
        };
        var first = result.Trace.Events.First(entry => entry.Kind == TraceEventKind.EventHandled);
        Assert.Equal(1_000_000 + expected, first.Time);
        Assert.Equal(model == KernelModel.KernelThreads ? 0 : 1, result.Counters["upcalls unblock"]);
    }

    [Fact]
    public void Sleeps_that_end_at_the_same_time_cost_an_interrupt_each_and_one_upcall_together()
    {
        var result = TestRun.On(TestRun.Simulated, w => w.Threads("sleeps", 3, async t => await t.SleepUntil(TimeSpan.FromMilliseconds(1))));
        var costs = CostModel.Paper2004;
        var woken = result.Trace.Events.First(entry => entry is { Kind: TraceEventKind.Ready, Detail: (int)ReadyReason.Unblocked });
        Assert.Equal(1_000_000 + (3 * costs.Interrupt) + costs.Upcall, woken.Time);
    }

    [Fact]
    public void The_extended_model_reuses_activations_and_never_needs_more_than_the_original()
    {
        ExperimentResult Many(SimulatedMachine machine) => TestRun.On(machine, w =>
        {
            for (var i = 1; i <= 10; i++)
            {
                var port = w.Port($"port {i}", Traffic.Poisson(500));
                w.Thread($"io {i}", async t => { while (await t.Read(port) is not null) await t.Compute(TimeSpan.FromMicroseconds(20)); });
            }
        });
        var (extended, original) = (Many(TestRun.Simulated), Many(Original));
        Assert.Equal(11, extended.Counters["upcalls new"]);
        Assert.True(original.Counters["upcalls new"] > 100, $"{original.Counters["upcalls new"]}");
    }

    public sealed class FirstComeWithPreemption : SchedulingPolicy
    {
        private readonly ThreadQueue _unblocked = new(), _others = new();

        protected internal override void OnReady(UserThread thread, ReadyReason reason) =>
            (reason == ReadyReason.Unblocked ? _unblocked : _others).Enqueue(thread);

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => _unblocked.Dequeue() ?? _others.Dequeue();

        protected internal override bool ShouldPreempt(VirtualProcessor vp, UserThread running, UserThread candidate) => true;
    }
}
