using FsCheck.Xunit;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies.Tests;

public sealed class WorkStealingTests
{
    [Property(MaxTest = 30)]
    public void A_processor_runs_its_own_newest_thread_and_steals_the_oldest_of_the_next_when_it_has_none(int seed, byte processors)
    {
        var vps = 1 + (processors % 4);
        var result = PolicyRun.Of(new WorkStealing(), PolicyRun.Mix(seed), vps);
        var queues = Enumerable.Range(0, vps).Select(_ => new List<int>()).ToArray();
        var (picks, stolen) = (0, 0);
        foreach (var entry in result.Trace.Events)
        {
            if (entry.Kind == TraceEventKind.Ready)
            {
                var own = queues[entry.VirtualProcessor];
                own.Insert((ReadyReason)entry.Detail is ReadyReason.Yielded or ReadyReason.Preempted ? 0 : own.Count, entry.Thread);
            }
            if (entry.Kind != TraceEventKind.Running) continue;
            var from = Enumerable.Range(entry.VirtualProcessor, vps).Select(i => queues[i % vps]).First(queue => queue.Count > 0);
            Assert.Equal(from == queues[entry.VirtualProcessor] ? from[^1] : from[0], entry.Thread);
            from.Remove(entry.Thread);
            picks++;
            if (from != queues[entry.VirtualProcessor]) stolen++;
        }
        Assert.NotEqual(0, picks);
        if (vps == 1) Assert.Equal(0, stolen);
    }

    [Property(MaxTest = 30)]
    public void No_processor_idles_while_a_thread_is_ready(int seed, byte processors)
    {
        var vps = 1 + (processors % 4);
        var result = PolicyRun.Of(new WorkStealing(), PolicyRun.Mix(seed), vps);
        ReadyThreads.Follow(result.Trace, passes: (state, time) =>
            Assert.True(state.Ready.Count == 0 || state.Running.Count == vps, $"at {time} ns {state.Ready.Count} threads are ready and {vps - state.Running.Count} processors idle"));
    }

    [Property(MaxTest = 20)]
    public void A_tree_of_threads_that_one_processor_begins_is_computed_by_all(byte depth, byte processors)
    {
        var (levels, vps) = (6 + (depth % 4), 2 + (processors % 3));
        var result = PolicyRun.Of(new WorkStealing(), w => w.Thread("root", t => Tree(t, levels)), vps, milliseconds: 10_000);
        Assert.Equal(1 << levels, result.Threads.Sum(thread => thread.Work.TotalMilliseconds), tolerance: 0.001);
        Assert.InRange(result.Elapsed.TotalMilliseconds, 0, ((1 << levels) / (double)vps * 1.1) + 2);

        static async UserTask Tree(ThreadContext t, int levels)
        {
            if (levels == 0)
            {
                await t.Compute(TimeSpan.FromMilliseconds(1));
                return;
            }
            var left = t.Spawn(u => Tree(u, levels - 1));
            await Tree(t, levels - 1);
            await t.Join(left);
        }
    }
}
