using FsCheck.Xunit;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies.Tests;

public sealed class ShortestRemainingTimeTests
{
    // Threads that always run equally long between two sleeps; gives the time from each wake-up to the end of its turn.
    private static List<(TimeSpan Work, List<(TimeSpan Wake, TimeSpan Time)> Took)> Turns(SchedulingPolicy policy, int seed)
    {
        var turns = new List<(TimeSpan Work, List<(TimeSpan Wake, TimeSpan Time)> Took)>();
        PolicyRun.Of(policy, w =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 6; i++)
            {
                var work = TimeSpan.FromMicroseconds(random.Next(100, 500) << i);
                var pause = TimeSpan.FromMicroseconds(random.Next(3_000, 60_000));
                var took = new List<(TimeSpan Wake, TimeSpan Time)>();
                turns.Add((work, took));
                w.Thread($"thread {i}", async t =>
                {
                    while (true)
                    {
                        var wake = t.Now + pause;
                        await t.SleepUntil(wake);
                        await t.Compute(work);
                        took.Add((wake, t.Now - wake));
                    }
                });
            }
        }, milliseconds: 2000);
        return turns;
    }

    [Property(MaxTest = 30)]
    public void The_thread_with_the_shortest_turns_waits_for_those_only_that_are_nearly_done(int seed)
    {
        var (work, took) = Turns(new ShortestRemainingTime(), seed).MinBy(each => each.Work);
        // Once the others are known to have longer turns. Each of them may have less left than this one's turn takes; mostly none does.
        var known = took.Where(each => each.Wake > TimeSpan.FromMilliseconds(200)).Select(each => each.Time).Order().ToList();
        Assert.True(known[known.Count * 3 / 4] <= 2 * work, $"{known[known.Count * 3 / 4]} for {work}");
        Assert.True(known[^1] <= 6 * work, $"{known[^1]} for {work}");
    }

    [Property(MaxTest = 30)]
    public void Turns_take_less_time_on_average_than_under_round_robin(int seed)
    {
        // In a thread's own measure: how many times as long as its work a turn took.
        Assert.True(Slowdown(new ShortestRemainingTime()) <= Slowdown(new RoundRobin()) * 1.02);

        double Slowdown(SchedulingPolicy policy) => Turns(policy, seed).SelectMany(each => each.Took.Select(took => took.Time / each.Work)).Average();
    }

    [Property(MaxTest = 20)]
    public void Threads_that_never_block_take_turns(byte count)
    {
        var result = PolicyRun.Of(new ShortestRemainingTime(), w => w.Threads("busy", 2 + count % 6, async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(1)); }), milliseconds: 1000);
        var work = result.Threads.Select(thread => thread.Work.TotalMilliseconds).ToList();
        Assert.True(work.Max() - work.Min() <= 8, $"{work.Min()} to {work.Max()} ms");
    }
}
