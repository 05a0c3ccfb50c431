using FsCheck.Xunit;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies.Tests;

/// <summary>What every policy promises that prefers threads with events to computing ones.</summary>
public abstract class IoBeforeComputing<TPolicy> where TPolicy : SchedulingPolicy, new()
{
    [Property(MaxTest = 20)]
    public void An_event_is_handled_at_once_however_many_threads_compute(byte computing)
    {
        var result = PolicyRun.Of(new TPolicy(), PolicyRun.OneAnswers(1 + computing % 40, 100, TimeSpan.Zero));
        Assert.True(result.Reactivity.Max <= TimeSpan.FromMicroseconds(1), $"{result.Reactivity.Max}");
    }

    [Property(MaxTest = 20)]
    public void Computing_threads_share_what_is_left_evenly(byte computing)
    {
        var count = 2 + computing % 8;
        var result = PolicyRun.Of(new TPolicy(), PolicyRun.OneAnswers(count, 100, TimeSpan.FromMicroseconds(50)), milliseconds: 4000);
        var work = result.Threads.Skip(1).Select(thread => thread.Work.TotalMilliseconds).ToList();
        // An event cuts a turn short, so turns are not all equal; over hundreds of them that evens out.
        Assert.InRange(work.Min() / work.Max(), 0.8, 1);
        Assert.InRange(result.Throughput, 0.99, 1);
    }

    [Fact]
    public void A_thread_that_is_not_done_within_its_slice_becomes_a_computing_one()
    {
        var result = PolicyRun.Of(new TPolicy(), w =>
        {
            w.Thread("compute", async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(1)); });
            var port = w.Port("in", Traffic.At(TimeSpan.FromMilliseconds(1)));
            w.Thread("hog", async t =>
            {
                await t.Read(port);
                while (true) await t.Compute(TimeSpan.FromMilliseconds(1));
            });
        });
        Assert.Equal(0.5, result.Threads[0].Work / result.Elapsed, tolerance: 0.02);
    }
}
