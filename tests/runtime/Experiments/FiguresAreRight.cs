using SchedulerActivations.Experiments;
using SchedulerActivations.Policies;

namespace SchedulerActivations.Tests.Experiments;

/// <summary>What a result says, beside what can be counted by hand.</summary>
public sealed class FiguresAreRight
{
    [Fact]
    public void No_smaller_value_than_a_percentile_has_so_many_values_at_or_below_it()
    {
        var values = new ReactivityHistogram();
        for (var count = 1; count <= 1000; count++)
        {
            values.Record(count);
            foreach (var percent in new[] { 0, 1, 50, 90, 99, 99.9, 100 })
            {
                var least = Enumerable.Range(1, count).First(value => value * 1000L >= (long)(percent * 10) * count);
                Assert.True(least == values.PercentileNanoseconds(percent), $"{percent} % of 1 to {count}: {values.PercentileNanoseconds(percent)} and not {least}");
            }
        }
    }

    [Fact]
    public void An_event_whose_reader_is_kept_waiting_counts_with_its_own_wait_where_another_reader_handles_later_ones()
    {
        var result = TestRun.On(TestRun.Simulated, w =>
        {
            var port = w.Port("in", Traffic.Periodic(TimeSpan.FromMilliseconds(1)));
            w.Thread("first", async t => { while (await t.Read(port) is not null) { } });
            w.Thread("second", async t => { while (await t.Read(port) is not null) { } }, priority: 2);
            w.Thread("busy", async t =>
            {
                await t.Sleep(TimeSpan.FromMicroseconds(500));
                while (true) await t.Compute(TimeSpan.FromMilliseconds(1));
            }, priority: 1);
        }, new StaticPriority(), milliseconds: 100);
        // The first thread has taken one of the first two events upon itself and never comes for it.
        Assert.Equal((99, 98), (result.Ports[0].Due, result.Ports[0].Handled));
        Assert.InRange(result.Reactivity.Max.TotalMilliseconds, 97.9, 99.1);
    }

    [Fact]
    public void A_run_without_threads_is_over_at_once()
    {
        var result = TestRun.On(TestRun.Simulated, w => w.Port("in", Traffic.Periodic(TimeSpan.FromMilliseconds(10))), milliseconds: 3000);
        Assert.Equal((TimeSpan.Zero, 0), (result.Elapsed, result.Ports[0].Due));
    }

    [Theory]
    [InlineData(1e300, 1)]
    [InlineData(100, 1e9)]
    public void Events_without_number_are_refused(double perSecond, double seconds)
    {
        var definition = new WorkloadDefinition(1, TimeSpan.FromSeconds(seconds));
        var error = Assert.Throws<ArgumentException>(() => definition.Port("in", Traffic.Poisson(perSecond)));
        Assert.Contains("More than 50 million events would arrive at port 'in'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 50, nameof(ComputeAndIo.WorkBetweenSafepoints))]
    [InlineData(-1, 50, nameof(ComputeAndIo.WorkBetweenSafepoints))]
    [InlineData(1000, -1, nameof(ComputeAndIo.WorkPerEvent))]
    public void Compute_and_io_refuses_work_that_is_none(int between, int each, string setting)
    {
        var workload = new ComputeAndIo { WorkBetweenSafepoints = TimeSpan.FromMicroseconds(between), WorkPerEvent = TimeSpan.FromMicroseconds(each) };
        Assert.Equal(setting, Assert.Throws<ArgumentOutOfRangeException>(() => workload.Define(new WorkloadDefinition(1, TimeSpan.FromSeconds(1)))).ParamName);
    }
}
