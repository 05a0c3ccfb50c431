using FsCheck.Xunit;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Exploration;

namespace SchedulerActivations.Policies.Tests;

public sealed class MarcelTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    /// <summary>A mix of threads, some bound to a virtual processor, with what is needed to tell them apart in a trace.</summary>
    private static (ExperimentResult Result, Dictionary<string, int> Priorities) Mixed(int seed, int vps)
    {
        var priorities = new Dictionary<string, int>();
        var result = PolicyRun.Of(new Marcel(), w =>
        {
            var random = new Random(seed);
            for (var i = random.Next(2, 9); i > 0; i--)
            {
                var name = random.Next(3) == 0 ? $"t{i}@{random.Next(vps)}" : $"t{i}";
                var (work, pause) = (TimeSpan.FromMicroseconds(random.Next(50, 4000)), TimeSpan.FromMicroseconds(random.Next(50, 4000)));
                var kind = random.Next(3);
                priorities.Add(name, random.Next(-2, 4));
                w.Thread(name, async t =>
                {
                    while (true)
                    {
                        await t.Compute(work);
                        if (kind == 1) await t.Sleep(pause);
                        if (kind == 2) await t.Yield();
                    }
                }, priorities[name]);
            }
            // However few and peaceful the others are, there is always somebody to pick.
            priorities.Add("pulse", 4);
            w.Thread("pulse", async t =>
            {
                while (true)
                {
                    await t.Compute(TimeSpan.FromMicroseconds(100));
                    await t.Sleep(TimeSpan.FromMilliseconds(5));
                }
            }, priorities["pulse"]);
        }, vps);
        return (result, priorities);
    }

    private static int? BoundTo(string name) => name.Contains('@', StringComparison.Ordinal) ? int.Parse(name.Split('@')[1]) : null;

    [Property(MaxTest = 40)]
    public void A_bound_thread_runs_on_its_virtual_processor_only(int seed)
    {
        var (result, _) = Mixed(seed, 1 + (int)((uint)seed % 4));
        var names = result.Threads.ToDictionary(thread => thread.Id, thread => thread.Name);
        foreach (var bar in result.Trace.Timeline())
            Assert.Equal(BoundTo(names[bar.Thread]) ?? bar.VirtualProcessor, bar.VirtualProcessor);
    }

    [Property(MaxTest = 60)]
    public void The_highest_priority_that_may_run_there_is_picked_and_of_equals_one_that_is_bound_there(int seed)
    {
        var (result, priorities) = Mixed(seed, 1 + (int)((uint)seed % 4));
        var names = result.Threads.ToDictionary(thread => thread.Id, thread => thread.Name);
        var vp = new Queue<int>(result.Trace.Events.Where(entry => entry.Kind == TraceEventKind.Running).Select(entry => entry.VirtualProcessor));
        var picks = ReadyThreads.Follow(result.Trace, (state, picked) =>
        {
            var here = vp.Dequeue();
            (int, bool) Rank(int thread) => (priorities[names[thread]], BoundTo(names[thread]) == here);
            var best = state.Ready.Select(each => each.Thread).Where(thread => (BoundTo(names[thread]) ?? here) == here).Max(Rank);
            Assert.Equal(best, Rank(picked));
        });
        Assert.True(picks > 10, $"{picks} picks");
    }

    [Property(MaxTest = 30)]
    public void No_thread_runs_while_one_of_higher_priority_could_run_in_its_place(int seed)
    {
        var (result, priorities) = Mixed(seed, 1);
        var names = result.Threads.ToDictionary(thread => thread.Id, thread => thread.Name);
        // Kernel costs are nothing, but a switch takes a nanosecond: only what lasts counts.
        long? since = null;
        ReadyThreads.Follow(result.Trace, passes: (state, time) =>
        {
            var wrong = state.Running.Values.Any(running => state.Ready.Any(ready => priorities[names[ready.Thread]] > priorities[names[running.Thread]]));
            since = wrong ? since ?? time : null;
            Assert.True(since is null || time - since < 1000, $"at {time} ns");
        });
    }

    [Theory]
    [InlineData(0, "1 2 3 4")]
    [InlineData(3, "1 2 3 4")]
    [InlineData(-1, "4 3 2 1")]
    public void Of_equals_the_first_to_come_runs_first_and_of_batch_threads_the_last(int priority, string expected)
    {
        var order = new List<string>();
        PolicyRun.Of(new Marcel(), w => w.Thread("first", async t =>
        {
            var threads = Enumerable.Range(1, 4).Select(i => t.Spawn(async c =>
            {
                order.Add(c.Thread.Name);
                await c.Compute(Step);
            }, $"{i}", priority)).ToList();
            foreach (var thread in threads) await t.Join(thread);
        }, priority: 9));
        Assert.Equal(expected, string.Join(' ', order));
    }

    [Property(MaxTest = 20)]
    public void Busy_threads_of_one_priority_take_turns_of_a_tick(byte count)
    {
        var threads = 2 + count % 6;
        var result = PolicyRun.Of(new Marcel(), w => w.Threads("busy", threads, async t => { while (true) await t.Compute(Step); }), milliseconds: 1000);
        Assert.All(result.Threads, thread => Assert.InRange(thread.Work.TotalMilliseconds, (1000 / threads) - 11, (1000 / threads) + 11));
        Assert.InRange(result.Counters["switches"], 95, 105);
    }

    [Fact]
    public async Task It_breaks_no_rule_under_many_schedules_with_bound_threads()
    {
        var result = await PolicyChecker.CheckAsync(new PolicyCheck
        {
            Policy = new ComponentCatalog().Describe(new Marcel { TimeSlice = TimeSpan.FromMilliseconds(1) }),
            Workload = new ComponentCatalog().Describe(new Bound()),
            Schedules = 400,
        });
        Assert.True(result.Broken is null, result.ToString());
    }

    /// <summary>Threads bound to each of four virtual processors, and a free one.</summary>
    public sealed class Bound : Workload
    {
        protected override void Define(WorkloadDefinition w)
        {
            var mutex = new UserMutex(passesPriority: true);
            for (var i = 0; i < 5; i++)
            {
                w.Thread(i < 4 ? $"bound@{i}" : "free", async t =>
                {
                    for (var round = 0; round < 3; round++)
                    {
                        await t.Lock(mutex);
                        await t.Compute(TimeSpan.FromMilliseconds(0.4));
                        t.Unlock(mutex);
                        await t.Sleep(TimeSpan.FromMilliseconds(0.1));
                        await t.Yield();
                    }
                }, i % 3 - 1);
            }
        }
    }
}
