using FsCheck.Xunit;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Policies.Tests;

public sealed class StaticPriorityTests
{
    // Threads of priority 1 to 5 that all block now and then: none of them starves the others.
    private static Action<WorkloadDefinition> Blocking(int seed, List<int> priorities) => w =>
    {
        var random = new Random(seed);
        for (var i = 0; i < 8; i++)
        {
            var (work, pause) = (TimeSpan.FromMicroseconds(random.Next(100, 2000)), TimeSpan.FromMicroseconds(random.Next(5_000, 30_000)));
            priorities.Add(random.Next(1, 6));
            w.Thread($"thread {i}", async t =>
            {
                while (true)
                {
                    await t.Compute(work);
                    await t.Sleep(pause);
                }
            }, priorities[^1]);
        }
    };

    [Fact]
    public void A_thread_that_lowers_its_priority_makes_room_for_one_that_is_more_urgent_now()
    {
        var begun = TimeSpan.Zero;
        PolicyRun.Of(new StaticPriority { TimeSlice = Timeout.InfiniteTimeSpan }, w =>
        {
            w.Thread("lowers", async t =>
            {
                await t.Compute(TimeSpan.FromMilliseconds(10));
                t.SetPriority(t.Thread, 0);
                for (var i = 0; i < 50; i++) await t.Compute(TimeSpan.FromMilliseconds(1));
            }, 5);
            w.Thread("waits", t =>
            {
                begun = t.Now;
                return default;
            }, 3);
        });
        Assert.InRange(begun, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(12));
    }

    [Fact]
    public void An_owner_that_inherits_less_makes_room_for_one_that_is_more_urgent_now()
    {
        var (mutex, begun) = (new SchedulerActivations.CoreThreads.UserMutex(passesPriority: true), TimeSpan.Zero);
        PolicyRun.Of(new StaticPriority { TimeSlice = Timeout.InfiniteTimeSpan }, w => w.Thread("owner", async t =>
        {
            await t.Lock(mutex);
            var high = t.Spawn(async c => await c.Lock(mutex), "high", 9);
            await t.Compute(TimeSpan.FromMilliseconds(10));
            t.Spawn(c =>
            {
                begun = c.Now;
                return default;
            }, "middle", 5);
            await t.Compute(TimeSpan.FromMilliseconds(10));
            t.SetPriority(high, 2);
            for (var i = 0; i < 50; i++) await t.Compute(TimeSpan.FromMilliseconds(1));
        }, 1));
        Assert.InRange(begun, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(22));
    }

    [Theory]
    [InlineData(typeof(StaticPriority))]
    [InlineData(typeof(Marcel))]
    public void The_lowest_priority_that_there_is_runs_last(Type policy)
    {
        var order = new List<string>();
        PolicyRun.Of((SchedulerActivations.Specialization.SchedulingPolicy)Activator.CreateInstance(policy)!, w =>
        {
            foreach (var (name, priority) in new[] { ("lowest", int.MinValue), ("low", -1), ("highest", int.MaxValue), ("usual", 0) })
            {
                w.Thread(name, t =>
                {
                    order.Add(name);
                    return default;
                }, priority);
            }
        });
        Assert.Equal(["highest", "usual", "low", "lowest"], order);
    }

    [Property(MaxTest = 40)]
    public void The_highest_priority_runs_next_and_equals_are_first_in_first_out(int seed, bool two)
    {
        var priorities = new List<int>();
        var picks = ReadyThreads.Follow(PolicyRun.Of(new StaticPriority(), Blocking(seed, priorities), two ? 2 : 1).Trace, picked: (state, thread) =>
            Assert.Equal(state.Ready.MaxBy(each => priorities[each.Thread - 1]).Thread, thread));
        Assert.True(picks > 10);
    }

    [Property(MaxTest = 40)]
    public void No_ready_thread_is_more_urgent_than_the_running_one(int seed)
    {
        var priorities = new List<int>();
        ReadyThreads.Follow(PolicyRun.Of(new StaticPriority(), Blocking(seed, priorities)).Trace, passes: (state, time) =>
        {
            foreach (var running in state.Running.Values)
                Assert.True(state.Ready.All(each => priorities[each.Thread - 1] <= priorities[running.Thread - 1]), $"at {time} ns");
        });
    }

    [Property(MaxTest = 10)]
    public void Equals_take_turns(byte count)
    {
        var threads = 2 + count % 10;
        var result = PolicyRun.Of(new StaticPriority(), w => w.Threads("equal", threads, async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(1)); }), milliseconds: 1000);
        var work = result.Threads.Select(thread => thread.Work.TotalMilliseconds).ToList();
        Assert.True(work.Max() - work.Min() <= 5, $"{work.Min()} to {work.Max()} ms");
    }

    [Fact]
    public void A_busy_thread_keeps_all_of_lower_priority_waiting()
    {
        var result = PolicyRun.Of(new StaticPriority(), w =>
        {
            w.Thread("low", async t => await t.Compute(TimeSpan.FromMilliseconds(1)));
            w.Thread("high", async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(1)); }, priority: 1);
        });
        Assert.True(result.Threads[0].Work <= TimeSpan.FromMilliseconds(1));
    }

    [Property(MaxTest = 20)]
    public void A_mutex_that_passes_priorities_on_lets_no_thread_of_middle_priority_in_between(byte middle, bool two)
    {
        var waited = Inversion(passesPriority: true);
        Assert.True(waited <= TimeSpan.FromMilliseconds(3), $"{waited}");
        if (!two) Assert.True(Inversion(passesPriority: false) > TimeSpan.FromMilliseconds(20));

        TimeSpan Inversion(bool passesPriority)
        {
            var (mutex, waited) = (new SchedulerActivations.CoreThreads.UserMutex(passesPriority), TimeSpan.MaxValue);
            PolicyRun.Of(new StaticPriority(), w =>
            {
                w.Thread("low", async t =>
                {
                    await t.Lock(mutex);
                    await t.Compute(TimeSpan.FromMilliseconds(3));
                    t.Unlock(mutex);
                }, priority: 1);
                w.Threads("middle", 2 + (middle % 5), async t =>
                {
                    await t.Sleep(TimeSpan.FromMilliseconds(1));
                    await t.Compute(TimeSpan.FromMilliseconds(30));
                }, priority: 2);
                w.Thread("high", async t =>
                {
                    await t.Sleep(TimeSpan.FromMilliseconds(2));
                    var start = t.Now;
                    await t.Lock(mutex);
                    waited = t.Now - start;
                    t.Unlock(mutex);
                }, priority: 3);
            }, two ? 2 : 1);
            return waited;
        }
    }
}
