using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

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
}
