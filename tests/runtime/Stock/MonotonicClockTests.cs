using System.Diagnostics;
using SchedulerActivations.Machines.Linux;

namespace SchedulerActivations.Tests.Stock;

public class MonotonicClockTests
{
    // Far more than the clock may differ, far less than anybody would notice in a result.
    private const long Tolerance = 20_000;

    [Fact]
    public void It_shows_the_kernels_time_and_never_goes_back()
    {
        var end = Stopwatch.GetTimestamp() + 300_000_000;
        var last = MonotonicClock.Now;
        for (var now = last; now < end; now = last)
        {
            var before = Stopwatch.GetTimestamp();
            now = MonotonicClock.Now;
            var after = Stopwatch.GetTimestamp();
            Assert.InRange(now, before - Tolerance, after + Tolerance);
            Assert.True(now >= last, $"{now} after {last}");
            last = now;
        }
    }

    [Fact]
    public void After_long_without_a_look_it_shows_the_kernels_time()
    {
        for (var i = 0; i < 5; i++)
        {
            _ = MonotonicClock.Now;
            Thread.Sleep(60);
            var before = Stopwatch.GetTimestamp();
            Assert.InRange(MonotonicClock.Now, before - Tolerance, Stopwatch.GetTimestamp() + Tolerance);
        }
    }

    [Fact]
    public void What_one_thread_has_seen_is_not_later_than_what_the_next_sees()
    {
        var (seen, worst) = (0L, 0L);
        var guard = new Lock();
        var end = Stopwatch.GetTimestamp() + 300_000_000;
        var threads = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            while (Stopwatch.GetTimestamp() < end)
            {
                lock (guard)
                {
                    var now = MonotonicClock.Now;
                    worst = Math.Max(worst, seen - now);
                    seen = now;
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.InRange(worst, 0, 100);
    }

    // A counter of three counts a nanosecond.
    private static ClockReading After(ClockReading? last, ulong counter, long time)
    {
        var reading = new ClockReading(counter, time);
        if (last is not null) reading.Follow(last);
        return reading;
    }

    [Fact]
    public void Times_follow_from_the_rate_between_two_readings()
    {
        var first = After(null, 3_000, 1_000);
        Assert.Equal((0ul, 1_000), (first.Holds, first.Until));
        var second = After(first, 6_003_000, 2_001_000);
        Assert.InRange(second.Holds, 2_999_990ul, 3_000_010ul);
        Assert.InRange(second.At(6_003_000 + 1_500_000), 2_500_998, 2_501_000);
    }

    [Fact]
    public void Who_is_ahead_of_the_truth_meets_it_at_the_end_and_does_not_go_back()
    {
        var before = After(After(null, 0, 0), 3_000_000, 1_000_000);
        // The truth is 100 ns behind what was said last.
        var reading = After(before, 6_000_000, 1_999_900);
        Assert.Equal(before.Until, reading.Time);
        Assert.InRange(reading.Until, 2_999_800, 2_999_950);
    }

    [Theory]
    [InlineData(5_000UL, 1_500_000)] // The counter has begun anew.
    [InlineData(9_000_000_000UL, 1_500_000)] // It went on while the clock stood.
    public void A_jump_gives_no_rate_and_time_does_not_go_back(ulong counter, long time)
    {
        var before = After(After(null, 0, 0), 3_000_000, 1_000_000);
        var reading = After(before, counter, time);
        Assert.Equal((0ul, before.Until), (reading.Holds, reading.Time));
        Assert.InRange(After(reading, counter + 3_600_000, time + 1_200_000).Holds, 2_999_990ul, 3_000_010ul);
    }
}
