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
}
