using FsCheck.Xunit;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies.Tests;

/// <summary>Lottery and stride: time in proportion to tickets, on average and exactly.</summary>
public sealed class ProportionalShareTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private static (ExperimentResult Result, List<int> Tickets) Busy(SchedulingPolicy policy, int seed)
    {
        var tickets = new List<int>();
        var result = PolicyRun.Of(policy, w =>
        {
            var random = new Random(seed);
            for (var i = random.Next(2, 8); i > 0; i--)
            {
                tickets.Add(random.Next(1, 10));
                w.Thread($"busy {i}", async t => { while (true) await t.Compute(Step); }, tickets[^1]);
            }
        }, milliseconds: 2000);
        return (result, tickets);
    }

    [Property(MaxTest = 30)]
    public void Under_lottery_shares_are_those_of_the_tickets_but_for_luck(int seed)
    {
        var (result, tickets) = Busy(new Lottery(), seed);
        for (var i = 0; i < tickets.Count; i++)
        {
            var share = (double)tickets[i] / tickets.Sum();
            // 2 000 draws: six standard deviations.
            var luck = (6 * Math.Sqrt(share * (1 - share) / 2000)) + 0.001;
            Assert.InRange(result.Threads[i].Work / result.Elapsed, share - luck, share + luck);
        }
    }

    [Fact]
    public void Under_lottery_a_thread_that_gives_up_its_slice_early_gets_its_share()
    {
        var result = PolicyRun.Of(new Lottery(), w =>
        {
            w.Thread("busy", async t => { while (true) await t.Compute(Step); });
            w.Thread("brief", async t =>
            {
                while (true)
                {
                    await t.Compute(Step / 4);
                    await t.Yield();
                }
            });
        }, milliseconds: 4000);
        Assert.InRange(result.Threads[1].Work / result.Elapsed, 0.45, 0.55);
    }

    [Property(MaxTest = 30)]
    public void Under_lottery_waiting_long_is_as_unlikely_as_the_tickets_say(int seed)
    {
        var (result, tickets) = Busy(new Lottery(), seed);
        for (var i = 0; i < tickets.Count; i++)
        {
            // (1 - p)ⁿ times 2 000 beginnings is less than one in a hundred million.
            var slices = Math.Log(1e-8 / 2000) / Math.Log(1 - ((double)tickets[i] / tickets.Sum()));
            Assert.InRange(Waits.Longest(result.Trace, i + 1).TotalMilliseconds, 0, slices + 1);
        }
    }

    [Property(MaxTest = 40)]
    public void Under_stride_two_busy_threads_are_never_further_apart_than_a_slice_of_each(int seed)
    {
        var (result, tickets) = Busy(new Stride(), seed);
        var places = result.Threads.Select((thread, i) => (Place: thread.Work.TotalMilliseconds / tickets[i], Slice: 1.0 / tickets[i])).ToList();
        foreach (var one in places)
            foreach (var other in places)
                Assert.True(Math.Abs(one.Place - other.Place) <= one.Slice + other.Slice + 1e-6, $"{one} {other}");
    }

    [Property(MaxTest = 30)]
    public void Under_stride_a_busy_thread_gets_its_share_whatever_the_others_do(int seed)
    {
        var tickets = 3;
        var result = PolicyRun.Of(new Stride(), w =>
        {
            w.Thread("victim", async t => { while (true) await t.Compute(Step); }, 3);
            PolicyRun.Mix(seed, random =>
            {
                var its = random.Next(1, 6);
                tickets += its;
                return its;
            })(w);
        }, milliseconds: 2000);
        var share = 2000.0 * 3 / tickets;
        Assert.True(result.Threads[0].Work.TotalMilliseconds >= (0.9 * share) - 10, $"{result.Threads[0].Work.TotalMilliseconds} of {share} ms");
    }
}
