using FsCheck.Xunit;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies.Tests;

public sealed class EarliestDeadlineFirstTests
{
    /// <summary>Periodic threads, each with its deadline at the end of its period, and one that computes whenever it may.</summary>
    private static int Missed(SchedulingPolicy policy, int seed, double load)
    {
        var missed = 0;
        PolicyRun.Of(policy, w =>
        {
            var random = new Random(seed);
            var parts = Enumerable.Range(0, random.Next(1, 9)).Select(_ => 0.05 + random.NextDouble()).ToList();
            foreach (var part in parts)
            {
                var period = random.Next(3, 60);
                var work = TimeSpan.FromMilliseconds(period * load * part / parts.Sum());
                w.Thread("periodic", async t =>
                {
                    for (var release = TimeSpan.Zero; ; release += TimeSpan.FromMilliseconds(period))
                    {
                        await t.SleepUntil(release);
                        await t.Compute(work);
                        if (t.Now > release + TimeSpan.FromMilliseconds(period)) missed++;
                    }
                }, priority: -period);
            }
            w.Thread("background", async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(1)); });
        }, milliseconds: 1000);
        return missed;
    }

    [Property(MaxTest = 60)]
    public void All_deadlines_are_met_where_the_load_is_at_most_1(int seed) => Assert.Equal(0, Missed(new EarliestDeadlineFirst(), seed, 0.98));

    [Fact]
    public void Round_robin_misses_deadlines_of_the_same_threads() => Assert.True(Enumerable.Range(1, 5).Sum(seed => Missed(new RoundRobin(), seed, 0.98)) > 0);

    [Property(MaxTest = 10)]
    public void Where_too_much_is_asked_for_deadlines_are_missed_and_the_run_goes_on(int seed) => Assert.True(Missed(new EarliestDeadlineFirst(), seed, 1.5) > 0);

    [Fact]
    public async Task It_can_take_over_from_another_policy()
    {
        var components = new ComponentCatalog();
        var result = await ExperimentRunner.RunAsync(new Experiment
        {
            Policy = components.Describe(new RoundRobin()),
            Workload = components.Describe(new ComputeAndIo()),
            Machine = new SimulatedMachine(),
            Duration = TimeSpan.FromMilliseconds(300),
            Swaps = [new PolicySwap(TimeSpan.FromMilliseconds(33), components.Describe(new EarliestDeadlineFirst()))],
        });
        Assert.Null(Assert.Single(result.Swaps).Ejection);
    }

    [Fact]
    public void A_thread_that_another_one_wakes_has_its_time_from_then_on()
    {
        var (missed, done) = (0, 0);
        PolicyRun.Of(new EarliestDeadlineFirst(), w =>
        {
            var jobs = new UserChannel<int>();
            w.Thread("sends", async t =>
            {
                for (var job = 1; ; job++)
                {
                    await t.SleepUntil(TimeSpan.FromMilliseconds(60 * job));
                    await t.Send(jobs, job);
                }
            }, priority: -1);
            w.Thread("works", async t =>
            {
                while (await t.ReceiveNext(jobs) is { HasItem: true } job)
                {
                    await t.Compute(TimeSpan.FromMilliseconds(20));
                    done++;
                    if (t.Now > TimeSpan.FromMilliseconds((60 * job.Item) + 50)) missed++;
                }
            }, priority: -50);
            w.Thread("periodic", async t =>
            {
                for (var release = TimeSpan.Zero; ; release += TimeSpan.FromMilliseconds(10))
                {
                    await t.SleepUntil(release);
                    await t.Compute(TimeSpan.FromMilliseconds(2));
                    if (t.Now > release + TimeSpan.FromMilliseconds(5)) missed++;
                }
            }, priority: -5);
        }, milliseconds: 1000);
        Assert.Equal((0, 16), (missed, done));
    }

    [Fact]
    public void The_latest_deadline_that_there_is_comes_last()
    {
        var order = new List<string>();
        PolicyRun.Of(new EarliestDeadlineFirst(), w =>
        {
            foreach (var (name, priority) in new[] { ("free", 0), ("in 25 days", int.MinValue), ("in a second", -1000) })
            {
                w.Thread(name, t =>
                {
                    order.Add(name);
                    return default;
                }, priority);
            }
        });
        Assert.Equal(["in a second", "in 25 days", "free"], order);
    }

    [Fact]
    public void Threads_without_a_deadline_take_turns()
    {
        var result = PolicyRun.Of(new EarliestDeadlineFirst(), w => w.Threads("free", 4, async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(1)); }));
        Assert.All(result.Threads, thread => Assert.Equal(125, thread.Work.TotalMilliseconds, tolerance: 5));
    }
}
