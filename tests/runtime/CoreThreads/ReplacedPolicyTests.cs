using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>A policy that keeps threads in its queues while they are blocked or run, and is replaced.</summary>
public sealed class ReplacedPolicyTests
{
    public static TheoryData<string, int> Machines => new() { { "simulated", 1 }, { "stock", 1 }, { "stock", 2 } };

    public sealed class KeepsBlocked : SchedulingPolicy
    {
        private readonly ThreadQueue _ready = new(), _blocked = new();
        private int _calls;

        public int ThrowAt { get; set; }

        protected internal override void OnBlocked(UserThread thread, BlockReason reason) => _blocked.Enqueue(thread);

        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            _blocked.Remove(thread);
            _ready.Enqueue(thread);
        }

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => ++_calls == ThrowAt ? throw new InvalidDataException("no more") : _ready.Dequeue();
    }

    [Theory, MemberData(nameof(Machines))]
    public void Nothing_is_lost_when_it_is_ejected(string machine, int vps) =>
        Assert.Equal(PolicyRule.DoesNotThrow, Run(machine, vps, new KeepsBlocked { ThrowAt = 30 }, []).Ejection?.Rule);

    [Theory, MemberData(nameof(Machines))]
    public void Nothing_is_lost_when_another_takes_over(string machine, int vps) =>
        Assert.Single(Run(machine, vps, new KeepsBlocked(), [(35, new RoundRobin())]).Swaps);

    [Theory, MemberData(nameof(Machines))]
    public void A_sleeper_that_it_keeps_can_be_cancelled(string machine, int vps)
    {
        var cancelled = false;
        var result = TestRun.On(TestRun.Named(machine), w => w.Thread("main", async t =>
        {
            var sleeper = t.Spawn(async c => await c.Sleep(TimeSpan.FromHours(1)));
            await t.Sleep(TimeSpan.FromMilliseconds(5));
            t.Cancel(sleeper);
            cancelled = await EndsCancelled(t, sleeper);
        }), new KeepsBlocked(), vps, 3000);
        Assert.True(cancelled);
        Assert.Null(result.Ejection);
        Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));
    }

    public sealed class KeepsRunning : SchedulingPolicy
    {
        private readonly ThreadQueue _ready = new(), _running = new();

        public static int Most { get; set; }

        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            _running.Remove(thread);
            _ready.Enqueue(thread);
        }

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp)
        {
            if (_ready.Dequeue() is not { } thread) return null;
            _running.Enqueue(thread);
            Most = Math.Max(Most, _running.Count);
            return thread;
        }

        protected internal override void OnBlocked(UserThread thread, BlockReason reason) => _running.Remove(thread);

        protected internal override void OnFinished(UserThread thread) => _running.Remove(thread);
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_thread_that_it_keeps_while_it_runs_can_wait_for_another(string machine, int vps)
    {
        KeepsRunning.Most = 0;
        var mutex = new UserMutex();
        var result = TestRun.On(TestRun.Named(machine), w => w.Threads("locks", 5, async t =>
        {
            for (var i = 0; i < 5; i++)
            {
                await t.Lock(mutex);
                await t.Yield();
                t.Unlock(mutex);
                await t.Join(t.Spawn(async c => await c.Sleep(TimeSpan.FromMilliseconds(1))));
            }
        }), new KeepsRunning(), vps, 3000);
        Assert.Null(result.Ejection);
        Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));
        Assert.InRange(KeepsRunning.Most, 1, vps);
    }

    private static async UserTask<bool> EndsCancelled(ThreadContext t, UserThread thread)
    {
        try
        {
            await t.Join(thread);
            return false;
        }
        catch (UserThreadCancelledException)
        {
            return true;
        }
    }

    private static ExperimentResult Run(string machine, int vps, SchedulingPolicy policy, IReadOnlyList<(double, SchedulingPolicy)> swaps)
    {
        var result = TestRun.On(TestRun.Named(machine), w =>
        {
            var port = w.Port("port", Traffic.Periodic(TimeSpan.FromMilliseconds(10)));
            w.Thread("io", async t => { for (var i = 0; i < 10; i++) await t.Read(port); });
            w.Thread("compute", async t =>
            {
                for (var i = 0; i < 100; i++)
                {
                    await t.Compute(TimeSpan.FromMilliseconds(1));
                    await t.Yield();
                }
            });
        }, policy, vps, 5000, swaps: swaps);
        Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));
        return result;
    }
}
