using FsCheck.Xunit;

namespace SchedulerActivations.Policies.Tests;

public sealed class MultilevelFeedbackTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    [Property(MaxTest = 30)]
    public void A_ready_thread_waits_for_a_boost_and_a_turn_of_each_other_thread_at_most(int seed)
    {
        var policy = new MultilevelFeedback { BoostEvery = TimeSpan.FromMilliseconds(50) };
        var result = PolicyRun.Of(policy, PolicyRun.Mix(seed), milliseconds: 1000);
        // A turn may be split where the thread blocks: two allotments between two boosts are the most that anyone gets before all others had one.
        var bound = 50 + 16 + (2.0 * result.Threads.Count * policy.TimeSlice.TotalMilliseconds) + 3;
        Assert.InRange(Waits.Longest(result.Trace).TotalMilliseconds, 0, bound);
    }

    [Property(MaxTest = 20)]
    public void An_interactive_thread_takes_the_processor_from_those_that_compute(byte computing)
    {
        var result = PolicyRun.Of(new MultilevelFeedback(), PolicyRun.OneAnswers(1 + computing % 20, 100, TimeSpan.FromMicroseconds(20)), milliseconds: 2000);
        Assert.True(result.Reactivity.Percentile(70) <= TimeSpan.FromMicroseconds(10), $"p70 {result.Reactivity.Percentile(70)}");
    }

    [Property(MaxTest = 20)]
    public void Busy_threads_share_evenly(byte count)
    {
        var result = PolicyRun.Of(new MultilevelFeedback(), w => w.Threads("busy", 2 + count % 6, async t => { while (true) await t.Compute(Step); }), milliseconds: 3000);
        var work = result.Threads.Select(thread => thread.Work.TotalMilliseconds).ToList();
        Assert.InRange(work.Min() / work.Max(), 0.8, 1);
    }

    [Fact]
    public void A_thread_cannot_stay_at_the_top_by_blocking_just_before_its_allotment_ends()
    {
        var result = PolicyRun.Of(new MultilevelFeedback(), w =>
        {
            w.Thread("honest", async t => { while (true) await t.Compute(Step); });
            w.Thread("sly", async t =>
            {
                while (true)
                {
                    await t.Compute(TimeSpan.FromMilliseconds(1.9));
                    await t.Sleep(TimeSpan.FromMicroseconds(1));
                }
            });
        }, milliseconds: 2000);
        Assert.InRange(result.Threads[0].Work / result.Elapsed, 0.45, 1);
    }

    [Fact]
    public void A_thread_that_is_alone_is_not_interrupted_again_and_again_for_what_is_left_of_its_allotment()
    {
        var result = PolicyRun.Of(new MultilevelFeedback(), w => w.Thread("alone", async t =>
        {
            await t.Compute(TimeSpan.FromMicroseconds(1999));
            await t.Sleep(TimeSpan.FromMilliseconds(1));
            await t.Compute(TimeSpan.FromMilliseconds(100));
        }));
        Assert.InRange(result.Counters["upcalls timer"], 1, 20);
    }
}
