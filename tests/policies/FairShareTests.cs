using FsCheck.Xunit;
using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Policies.Tests;

public sealed class FairShareTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    [Property(MaxTest = 40)]
    public void Busy_threads_get_time_in_proportion_to_their_weights(int seed)
    {
        var priorities = new List<int>();
        var result = PolicyRun.Of(new FairShare(), w =>
        {
            var random = new Random(seed);
            for (var i = random.Next(2, 10); i > 0; i--)
            {
                priorities.Add(random.Next(-4, 5));
                w.Thread($"busy {i}", async t => { while (true) await t.Compute(Step); }, priorities[^1]);
            }
        }, milliseconds: 2000);
        // Virtual times differ by the slice of one and the late start of another at most.
        var times = result.Threads.Select((thread, i) => (Time: thread.Work.TotalMilliseconds / Weight(priorities[i]), Slice: 4 / Weight(priorities[i]))).ToList();
        var bound = 2 * times.Max(each => each.Slice) + 0.01;
        Assert.True(times.Max(each => each.Time) - times.Min(each => each.Time) <= bound, string.Join(' ', times));
    }

    [Fact]
    public void A_thread_gets_the_share_of_its_new_priority()
    {
        var result = PolicyRun.Of(new FairShare(), w =>
        {
            w.Thread("raised", async t =>
            {
                t.SetPriority(t.Thread, 8);
                while (true) await t.Compute(Step);
            });
            w.Thread("other", async t => { while (true) await t.Compute(Step); });
        }, milliseconds: 2000);
        Assert.Equal(Weight(8), result.Threads[0].Work / result.Threads[1].Work, tolerance: 0.2);
    }

    [Property(MaxTest = 30)]
    public void Nobody_starves_whatever_the_others_do(int seed)
    {
        var result = PolicyRun.Of(new FairShare(), w =>
        {
            w.Thread("victim", async t => { while (true) await t.Compute(Step); });
            PolicyRun.Mix(seed, random => random.Next(-2, 3))(w);
        }, milliseconds: 2000);
        var weights = Weight(0) + (result.Threads.Count - 1) * Weight(2);
        var share = 2000 * Weight(0) / weights;
        Assert.True(result.Threads[0].Work.TotalMilliseconds >= share - 20, $"{result.Threads[0].Work.TotalMilliseconds} of {share} ms");
    }

    [Fact]
    public void Threads_that_only_make_threads_starve_nobody()
    {
        var result = PolicyRun.Of(new FairShare(), w =>
        {
            w.Thread("victim", async t => { while (true) await t.Compute(Step); });
            w.Thread("first", t => Generation(t, 0));
        }, milliseconds: 1000);
        Assert.True(result.Threads[0].Work.TotalMilliseconds > 300, $"{result.Threads[0].Work}");

        static async UserTask Generation(ThreadContext t, int number)
        {
            await t.Compute(Step);
            t.Spawn(next => Generation(next, number + 1));
            t.Spawn(async next => await next.Compute(Step));
        }
    }

    [Property(MaxTest = 20)]
    public void A_thread_that_wakes_within_its_share_preempts_at_once(byte computing)
    {
        // But for the first events, when all threads are equally far.
        var count = 1 + computing % 20;
        var result = PolicyRun.Of(new FairShare(), PolicyRun.OneAnswers(count, 20, TimeSpan.FromMicroseconds(50)), milliseconds: 2000);
        Assert.True(result.Reactivity.Percentile(90) <= TimeSpan.FromMicroseconds(1), $"p90 {result.Reactivity.Percentile(90)}");
        Assert.True(result.Reactivity.Max <= (count + 1) * TimeSpan.FromMilliseconds(4), $"max {result.Reactivity.Max}");
    }

    [Fact]
    public void A_thread_that_slept_does_not_catch_up_on_its_sleep()
    {
        var result = PolicyRun.Of(new FairShare(), w =>
        {
            w.Thread("busy", async t => { while (true) await t.Compute(Step); });
            w.Thread("sleeper", async t =>
            {
                await t.Sleep(TimeSpan.FromMilliseconds(500));
                while (true) await t.Compute(Step);
            });
        }, milliseconds: 1000);
        Assert.InRange(result.Threads[0].Work.TotalMilliseconds, 740, 760);
    }

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void A_priority_without_measure_does_not_change_what_others_get(int priority)
    {
        var result = PolicyRun.Of(new FairShare(), w =>
        {
            w.Thread("without measure", async t =>
            {
                await t.Compute(Step);
                await t.Sleep(TimeSpan.FromMilliseconds(100));
                await t.Compute(Step);
            }, priority);
            foreach (var (name, own) in new[] { ("one", 0), ("double", 3) })
            {
                w.Thread(name, async t =>
                {
                    await t.Sleep(TimeSpan.FromMilliseconds(20));
                    for (var i = 0; ; i++)
                    {
                        await t.Compute(Step);
                        if (i % 10 == 0) await t.Sleep(TimeSpan.FromMicroseconds(1));
                    }
                }, own);
            }
        }, milliseconds: 2000);
        Assert.Equal(Weight(3), result.Threads[2].Work / result.Threads[1].Work, tolerance: 0.2);
    }

    private static double Weight(int priority) => Math.Pow(1.25, priority);
}
