using FsCheck.Xunit;

namespace SchedulerActivations.Policies.Tests;

public sealed class GangTests
{
    [Property(MaxTest = 30)]
    public void Threads_of_one_gang_run_together(byte gangs, bool four)
    {
        var (count, vps) = (2 + gangs % 4, four ? 4 : 2);
        var result = PolicyRun.Of(new Gang(), w =>
        {
            for (var gang = 0; gang < count; gang++)
                w.Threads($"gang {(char)('a' + gang)} ", vps, async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(0.7)); });
        }, vps);
        var mixed = 0L;
        ReadyThreads.Follow(result.Trace, passes: (state, _) =>
        {
            if (state.Running.Values.Select(each => (each.Thread - 1) / vps).Distinct().Count() > 1) mixed++;
        });
        Assert.Equal(0, mixed);
        var work = result.Threads.Select(thread => thread.Work.TotalMilliseconds).ToList();
        Assert.True(work.Max() - work.Min() <= 8, $"{work.Min()} to {work.Max()} ms");
        Assert.InRange(result.Throughput, 0.99, 1);
    }

    [Property(MaxTest = 30)]
    public void Nobody_starves_and_no_processor_idles_while_a_thread_is_ready(int seed)
    {
        var result = PolicyRun.Of(new Gang(), PolicyRun.Mix(seed), vps: 2, milliseconds: 1000);
        Assert.InRange(Waits.Longest(result.Trace).TotalMilliseconds, 0, 2 * 4 * (result.Threads.Count + 1));
    }
}
