using FsCheck.Xunit;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies.Tests;

public sealed class IoFirstTests
{
    [Property(MaxTest = 40)]
    public void Unblocked_threads_go_first_and_each_kind_is_first_in_first_out(int seed, bool two)
    {
        var picks = ReadyThreads.Follow(PolicyRun.Of(new IoFirst(), PolicyRun.Mix(seed), two ? 2 : 1).Trace, picked: (state, thread) =>
        {
            var unblocked = state.Ready.Where(each => each.Reason == ReadyReason.Unblocked).ToList();
            Assert.Equal((unblocked.Count > 0 ? unblocked : state.Ready)[0].Thread, thread);
        });
        Assert.True(picks > 10);
    }

    [Property(MaxTest = 40)]
    public void An_unblocked_thread_never_waits_while_a_computing_one_runs(int seed, bool two) =>
        ReadyThreads.Follow(PolicyRun.Of(new IoFirst(), PolicyRun.Mix(seed), two ? 2 : 1).Trace, passes: (state, time) => Assert.True(
            state.Ready.All(each => each.Reason != ReadyReason.Unblocked) || state.Running.Values.All(each => each.Reason == ReadyReason.Unblocked),
            $"at {time} ns {string.Join(' ', state.Ready)} ready, {string.Join(' ', state.Running)} running"));

    [Property(MaxTest = 20)]
    public void An_event_is_handled_at_once_however_many_threads_compute(byte computing)
    {
        var result = PolicyRun.Of(new IoFirst(), PolicyRun.OneAnswers(1 + computing % 40, 100, TimeSpan.Zero));
        Assert.True(result.Reactivity.Max <= TimeSpan.FromMicroseconds(1), $"{result.Reactivity.Max}");
    }

    [Property(MaxTest = 20)]
    public void Computing_threads_share_what_is_left_evenly(byte computing)
    {
        var count = 2 + computing % 8;
        var result = PolicyRun.Of(new IoFirst(), PolicyRun.OneAnswers(count, 100, TimeSpan.FromMicroseconds(50)), milliseconds: 4000);
        var work = result.Threads.Skip(1).Select(thread => thread.Work.TotalMilliseconds).ToList();
        // An event cuts a turn short, so turns are not all equal; over hundreds of them that evens out.
        Assert.InRange(work.Min() / work.Max(), 0.8, 1);
        Assert.InRange(result.Throughput, 0.99, 1);
    }

    [Fact]
    public void A_thread_that_is_not_done_within_its_slice_becomes_a_computing_one()
    {
        var result = PolicyRun.Of(new IoFirst(), w =>
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
