using FsCheck.Xunit;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies.Tests;

public sealed class IoAtOnceTests : IoBeforeComputing<IoAtOnce>
{
    [Property(MaxTest = 40)]
    public void An_unblocked_thread_that_has_waited_in_the_kernel_never_waits_while_a_computing_one_runs(int seed, bool two)
    {
        var result = PolicyRun.Of(new IoAtOnce(), PolicyRun.Mix(seed), two ? 2 : 1);
        var answering = result.Threads.Where(thread => thread.Name.StartsWith("io", StringComparison.Ordinal)).Select(thread => thread.Id).ToHashSet();
        ReadyThreads.Follow(result.Trace, passes: (state, time) => Assert.True(
            !state.Ready.Any(each => answering.Contains(each.Thread) && each.Reason == ReadyReason.Unblocked) || state.Running.Values.All(each => answering.Contains(each.Thread)),
            $"at {time} ns {string.Join(' ', state.Ready)} ready, {string.Join(' ', state.Running)} running"));
    }
}
