using FsCheck.Xunit;
using SchedulerActivations.Specialization;

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
}
