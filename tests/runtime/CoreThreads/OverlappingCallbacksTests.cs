using System.Diagnostics;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>Policies with a lock for each virtual processor: what overlaps and what does not, and that the contract's rules hold all the same.</summary>
public sealed class OverlappingCallbacksTests
{
    public static TheoryData<string, int> Machines => new() { { "simulated", 1 }, { "simulated", 2 }, { "stock", 1 }, { "stock", 2 } };

    private static ExperimentResult Run(string machine, int vps, SchedulingPolicy policy, double milliseconds = 20_000, TimeSpan? watchdog = null)
    {
        var result = TestRun.On(TestRun.Named(machine), w => w.Thread("parent", async t =>
        {
            var mutex = new UserMutex();
            var semaphore = new UserSemaphore(2);
            var children = Enumerable.Range(0, 8).Select(i => t.Spawn(async c =>
            {
                for (var round = 0; round < 6; round++)
                {
                    await c.Lock(mutex);
                    await c.Compute(TimeSpan.FromMicroseconds(50));
                    c.Unlock(mutex);
                    await c.Wait(semaphore);
                    await c.Yield();
                    c.Release(semaphore);
                    await c.Sleep(TimeSpan.FromMicroseconds(500));
                    await c.Join(c.Spawn(async g => await g.Compute(TimeSpan.FromMicroseconds(20))));
                }
            }, $"child {i}")).ToList();
            foreach (var child in children) await t.Join(child);
        }), policy, vps, milliseconds, watchdog: watchdog);
        Assert.All(result.Threads, thread => Assert.Equal((thread.Name, UserThreadState.Finished, null), (thread.Name, thread.State, thread.Exception)));
        Assert.Equal(9 + 48, result.Threads.Count);
        return result;
    }

    /// <summary>First in first out on each virtual processor; counts how many callbacks run at once, on one and on all.</summary>
    public class Overlapping : SchedulingPolicy
    {
        private readonly StealingQueues _ready = new();
        private readonly int[] _inside = new int[2];

        public static int MostAtOnce { get; set; }

        public static int MostOnOne { get; set; }

        protected internal override PolicyLocking Locking => PolicyLocking.OnePerVirtualProcessor;

        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            Enter();
            _ready.EnqueueNewest(Here, thread);
            Leave();
        }

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp)
        {
            Assert.Equal(vp, Here);
            Enter();
            var thread = _ready.DequeueOldest(vp) ?? _ready.Steal(vp);
            Leave();
            return thread;
        }

        protected internal override TimeSpan Quantum(UserThread thread) => TimeSpan.FromMilliseconds(1);

        protected internal override void OnRan(UserThread thread, TimeSpan ran)
        {
            Enter();
            Assert.True(ran >= TimeSpan.Zero);
            Leave();
        }

        protected virtual void Stay() { }

        private void Enter()
        {
            MostOnOne = Math.Max(MostOnOne, Interlocked.Increment(ref _inside[Here.Number]));
            MostAtOnce = Math.Max(MostAtOnce, Volatile.Read(ref _inside[0]) + Volatile.Read(ref _inside[1]));
            Stay();
            MostAtOnce = Math.Max(MostAtOnce, Volatile.Read(ref _inside[0]) + Volatile.Read(ref _inside[1]));
        }

        private void Leave() => Interlocked.Decrement(ref _inside[Here.Number]);
    }

    /// <summary>Its callbacks wait a little for one on the other virtual processor, until two have met.</summary>
    public sealed class Meeting : Overlapping
    {
        protected override void Stay()
        {
            var start = Stopwatch.GetTimestamp();
            while (VirtualProcessors > 1 && MostAtOnce < 2 && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(100)) Thread.Yield();
        }
    }

    [Fact]
    public void Callbacks_of_different_virtual_processors_overlap_and_those_of_one_do_not()
    {
        Overlapping.MostAtOnce = Overlapping.MostOnOne = 0;
        Assert.Null(Run("stock", 2, new Meeting(), milliseconds: 60_000).Ejection);
        Assert.Equal((2, 1), (Overlapping.MostAtOnce, Overlapping.MostOnOne));
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_policy_with_a_lock_for_each_processor_that_keeps_its_contract_stays(string machine, int vps) => Assert.Null(Run(machine, vps, new Overlapping()).Ejection);

    public sealed class Throws : Overlapping
    {
        private int _calls;

        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            if (Interlocked.Increment(ref _calls) == 30) throw new InvalidDataException("no more");
            base.OnReady(thread, reason);
        }
    }

    [Theory, MemberData(nameof(Machines))]
    public void One_that_throws_is_ejected(string machine, int vps)
    {
        var ejection = Run(machine, vps, new Throws()).Ejection!;
        Assert.Equal((PolicyRule.DoesNotThrow, "OnReady"), (ejection.Rule, ejection.Callback));
    }

    public sealed class ReturnsFinished : Overlapping
    {
        private UserThread? _finished;

        protected internal override void OnFinished(UserThread thread) => _finished = thread;

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => _finished ?? base.FindNextToRun(vp);
    }

    [Theory, MemberData(nameof(Machines))]
    public void One_that_returns_a_finished_thread_is_ejected(string machine, int vps) =>
        Assert.Equal(PolicyRule.PicksReadyThread, Run(machine, vps, new ReturnsFinished()).Ejection!.Rule);

    public sealed class Forgets : Overlapping
    {
        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            if (thread.Name != "child 3" || reason != ReadyReason.Yielded) base.OnReady(thread, reason);
        }
    }

    [Theory, MemberData(nameof(Machines))]
    public void One_that_forgets_a_thread_is_ejected_and_the_thread_is_found_again(string machine, int vps) =>
        Assert.Equal(PolicyRule.ForgetsNoThread, Run(machine, vps, new Forgets()).Ejection!.Rule);

    public sealed class Hangs : Overlapping
    {
        private int _calls;

        public string Where { get; set; } = "OnReady";

        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            base.OnReady(thread, reason);
            HangIn("OnReady");
        }

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp)
        {
            HangIn("FindNextToRun");
            return base.FindNextToRun(vp);
        }

        protected internal override void OnRan(UserThread thread, TimeSpan ran) => HangIn("OnRan");

        protected internal override void OnBlocked(UserThread thread, BlockReason reason) => HangIn("OnBlocked");

        protected internal override void OnFinished(UserThread thread) => HangIn("OnFinished");

        private void HangIn(string callback)
        {
            if (callback != Where || Interlocked.Increment(ref _calls) != 25) return;
            // Long after anybody has waited for it, and not for ever: the threads that hang stay in the tests' process.
            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(4)) Thread.SpinWait(100);
        }
    }

    [Theory]
    [InlineData("OnReady")]
    [InlineData("FindNextToRun")]
    [InlineData("OnRan")]
    [InlineData("OnBlocked")]
    [InlineData("OnFinished")]
    public void A_callback_that_never_returns_costs_no_thread(string where)
    {
        foreach (var (machine, vps) in new[] { ("simulated", 2), ("stock", 1), ("stock", 2) })
        {
            var ejection = Run(machine, vps, new Hangs { Where = where }).Ejection!;
            Assert.Equal((PolicyRule.Returns, where), (ejection.Rule, ejection.Callback));
        }
    }

    public sealed class Starves : SchedulingPolicy
    {
        private readonly StealingQueues _ready = new();

        protected internal override PolicyLocking Locking => PolicyLocking.OnePerVirtualProcessor;

        // Nobody takes the starved thread from below the others: they go on top of it.
        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            if (thread.Name != "starved") _ready.EnqueueNewest(Here, thread);
        }

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.DequeueOldest(vp) ?? _ready.Steal(vp);
    }

    [Theory, MemberData(nameof(Machines))]
    public void One_that_starves_a_thread_past_the_watchdogs_bound_is_ejected(string machine, int vps)
    {
        var ran = false;
        var result = TestRun.On(TestRun.Named(machine), w =>
        {
            w.Threads("busy", 3, async t =>
            {
                while (!Volatile.Read(ref ran))
                {
                    await t.Compute(TimeSpan.FromMicroseconds(250));
                    await t.Yield();
                }
            });
            w.Thread("starved", async t =>
            {
                await t.Yield();
                Volatile.Write(ref ran, true);
            });
        }, new Starves(), vps, 30_000, watchdog: TimeSpan.FromSeconds(machine == "stock" ? 3 : 0.7)); // So long, no other waits for the computer itself.
        // Where the busy ones happen to be blocked at once (by the runtime itself, on a real machine), the thread is found forgotten before.
        Assert.Contains(result.Ejection!.Rule, new[] { PolicyRule.StarvesNoThread, PolicyRule.ForgetsNoThread });
        Assert.Contains("starved", result.Ejection.Message, StringComparison.Ordinal);
        Assert.All(result.Threads, thread => Assert.Equal(UserThreadState.Finished, thread.State));
    }

    public sealed class AsksWhere : FirstCome
    {
        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => Here == vp ? base.FindNextToRun(vp) : null;
    }

    [Fact]
    public void A_policy_with_one_lock_for_all_is_not_told_where_it_is_called()
    {
        var ejection = Run("simulated", 2, new AsksWhere()).Ejection!;
        Assert.Equal(PolicyRule.DoesNotThrow, ejection.Rule);
        Assert.Contains(nameof(PolicyLocking.OnePerVirtualProcessor), ejection.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_message_of_a_thousand_that_two_processors_pass_on_is_never_lost(string machine, int vps)
    {
        var sum = 0;
        var result = TestRun.On(TestRun.Named(machine), w =>
        {
            var channel = new UserChannel<int>(3);
            w.Threads("sends", 4, async t =>
            {
                for (var i = 1; i <= 250; i++) await t.Send(channel, i);
            });
            w.Threads("receives", 4, async t =>
            {
                for (var i = 1; i <= 250; i++) Interlocked.Add(ref sum, await t.Receive(channel));
            });
        }, new Overlapping(), vps, 20_000);
        Assert.Null(result.Ejection);
        Assert.Equal(4 * 250 * 251 / 2, sum);
    }
}
