using FsCheck.Xunit;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;
using SchedulerActivations.Upcalls;

namespace SchedulerActivations.Policies.Tests;

public sealed class IoFirstTests : IoBeforeComputing<IoFirst>
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

    [Fact]
    public void An_unblocked_thread_takes_the_virtual_processor_that_was_told_and_asks_no_other_one()
    {
        Func<ThreadContext, UserTask> compute = async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(1)); };
        var result = PolicyRun.Of(new IoFirst(), w =>
        {
            var port = w.Port("in", Traffic.Periodic(TimeSpan.FromMilliseconds(10)));
            // Made before it, so that the one that waits does not begin on the first virtual processor.
            w.Thread("compute 0", compute);
            w.Thread("io", async t => { while (await t.Read(port) is not null) { } });
            w.Threads("compute", 4, compute);
        }, 3);
        var io = result.Threads.Single(thread => thread.Name == "io").Id;
        var told = new List<int>();
        foreach (var entry in result.Trace.Events)
        {
            if (entry is { Kind: TraceEventKind.Upcall, Detail: (byte)UpcallKind.Unblock }) told.Add(entry.VirtualProcessor);
            if (entry.Kind == TraceEventKind.Running && entry.Thread == io && told.Count > 0) Assert.Equal(told[^1], entry.VirtualProcessor);
        }
        Assert.Contains(told, vp => vp != 0);
    }
}
