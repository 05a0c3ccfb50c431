using System.Diagnostics;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>Policies that break their contract are ejected: the run goes on, no thread is lost, the result says what happened.</summary>
public sealed class PolicyContractTests
{
    public static TheoryData<string, int> Machines => new() { { "simulated", 1 }, { "simulated", 2 }, { "stock", 1 }, { "stock", 2 } };

    private static ExperimentResult Run(string machine, int vps, SchedulingPolicy policy, double milliseconds = 3000, TimeSpan? watchdog = null)
    {
        var result = TestRun.On(TestRun.Named(machine), w => w.Thread("parent", async t =>
        {
            var mutex = new UserMutex();
            var children = Enumerable.Range(0, 6).Select(i => t.Spawn(async c =>
            {
                for (var round = 0; round < 5; round++)
                {
                    await c.Lock(mutex);
                    await c.Compute(TimeSpan.FromMicroseconds(100));
                    c.Unlock(mutex);
                    await c.Sleep(TimeSpan.FromMilliseconds(1));
                    await c.Yield();
                }
            }, $"child {i}")).ToList();
            foreach (var child in children) await t.Join(child);
        }), policy, vps, milliseconds, watchdog: watchdog);
        Assert.All(result.Threads, thread => Assert.Equal((thread.Name, UserThreadState.Finished, null), (thread.Name, thread.State, thread.Exception)));
        Assert.Equal(7, result.Threads.Count);
        return result;
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_policy_that_keeps_its_contract_stays(string machine, int vps) => Assert.Null(Run(machine, vps, new RoundRobin()).Ejection);

    public sealed class Throws : FirstCome
    {
        private int _calls;

        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            if (++_calls == 9) throw new InvalidDataException("no more");
            base.OnReady(thread, reason);
        }
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_policy_that_throws_is_ejected_with_its_own_source_line(string machine, int vps)
    {
        var ejection = Run(machine, vps, new Throws()).Ejection!;
        Assert.Equal((PolicyRule.DoesNotThrow, "OnReady"), (ejection.Rule, ejection.Callback));
        Assert.Contains("InvalidDataException: no more", ejection.Message, StringComparison.Ordinal);
        Assert.EndsWith($"{nameof(PolicyContractTests)}.cs", ejection.Cell, StringComparison.Ordinal);
        Assert.Contains("throw new InvalidDataException", File.ReadLines(ejection.Cell!).ElementAt(ejection.Line!.Value - 1), StringComparison.Ordinal);
    }

    public sealed class ThrowsAtAQuantum : FirstCome
    {
        protected internal override TimeSpan Quantum(UserThread thread) => throw new InvalidDataException("no time");
    }

    [Theory, MemberData(nameof(Machines))]
    public void The_thread_whose_quantum_a_policy_could_not_tell_makes_room_for_the_others(string machine, int vps)
    {
        var result = TestRun.On(TestRun.Named(machine), w => w.Threads("compute", 4, async t => { while (true) await t.Compute(TimeSpan.FromMicroseconds(200)); }), new ThrowsAtAQuantum(), vps, 500);
        Assert.Equal((PolicyRule.DoesNotThrow, "Quantum"), (result.Ejection?.Rule, result.Ejection?.Callback));
        Assert.All(result.Threads, thread => Assert.NotEqual(TimeSpan.Zero, thread.Work));
        if (machine == "simulated") Assert.All(result.Threads, thread => Assert.Equal(125 * vps, thread.Work.TotalMilliseconds, tolerance: 10));
    }

    public sealed class GivesNoTime : FirstCome
    {
        public TimeSpan Time { get; set; }

        protected internal override TimeSpan Quantum(UserThread thread) => Time;
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_policy_that_gives_threads_no_time_is_ejected(string machine, int vps)
    {
        foreach (var policy in new SchedulingPolicy[] { new GivesNoTime(), new GivesNoTime { Time = TimeSpan.FromMilliseconds(-20) }, new RoundRobin { TimeSlice = TimeSpan.Zero } })
        {
            var result = TestRun.On(TestRun.Named(machine), w => w.Threads("compute", 4, async t => { while (true) await t.Compute(TimeSpan.FromMicroseconds(200)); }), policy, vps, 300, tracing: false);
            Assert.Equal((PolicyRule.GrantsTime, "Quantum"), (result.Ejection?.Rule, result.Ejection?.Callback));
            Assert.Contains(policy is GivesNoTime { Time.Ticks: < 0 } ? " -20 ms. " : " 0 ms. ", result.Ejection!.Message, StringComparison.Ordinal);
            Assert.All(result.Threads, thread => Assert.NotEqual(TimeSpan.Zero, thread.Work));
        }
        Assert.Null(Run(machine, vps, new GivesNoTime { Time = Timeout.InfiniteTimeSpan }).Ejection);
    }

    private sealed class NotStarted : UserThread
    {
        protected internal override UserTask Run(ThreadContext t) => default;
    }

    public sealed class Invents : FirstCome
    {
        public bool Queues { get; set; }

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp)
        {
            if (Queues) new ThreadQueue().Enqueue(new NotStarted());
            return new NotStarted();
        }
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_policy_that_makes_a_thread_which_nobody_has_started_is_ejected(string machine, int vps)
    {
        var returns = Run(machine, vps, new Invents()).Ejection!;
        Assert.Equal(PolicyRule.PicksReadyThread, returns.Rule);
        Assert.Contains("New", returns.Message, StringComparison.Ordinal);
        var queues = Run(machine, vps, new Invents { Queues = true }).Ejection!;
        Assert.Equal(PolicyRule.DoesNotThrow, queues.Rule);
        Assert.Contains("NotStarted/0 (#0, New) has not been started", queues.Message, StringComparison.Ordinal);
    }

    public sealed class ReturnsFinished : FirstCome
    {
        private UserThread? _finished;

        protected internal override void OnFinished(UserThread thread) => _finished = thread;

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => _finished ?? base.FindNextToRun(vp);
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_policy_that_returns_a_finished_thread_is_ejected(string machine, int vps)
    {
        var ejection = Run(machine, vps, new ReturnsFinished()).Ejection!;
        Assert.Equal((PolicyRule.PicksReadyThread, "FindNextToRun"), (ejection.Rule, ejection.Callback));
        Assert.Contains("Finished", ejection.Message, StringComparison.Ordinal);
        Assert.NotNull(ejection.Line);
    }

    /// <summary>Keeps its threads in a static field, as a policy of one run only could.</summary>
    public sealed class KeepsThreadsOfAllRuns : SchedulingPolicy
    {
        private static readonly Queue<UserThread> _ready = new();

        protected internal override void OnReady(UserThread thread, ReadyReason reason) => _ready.Enqueue(thread);

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.TryDequeue(out var thread) ? thread : null;
    }

    [Fact]
    public void A_policy_that_returns_a_thread_of_the_run_before_is_told_so()
    {
        ExperimentResult Run() => TestRun.On(TestRun.Simulated, w => w.Threads("computes", 2, async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(1)); }), new KeepsThreadsOfAllRuns());
        Assert.Null(Run().Ejection);
        var ejection = Run().Ejection!;
        Assert.Equal((PolicyRule.PicksReadyThread, "FindNextToRun"), (ejection.Rule, ejection.Callback));
        Assert.StartsWith("FindNextToRun returned thread computes 2, which belongs to another run. ", ejection.Message, StringComparison.Ordinal);
    }

    public sealed class Forgets : FirstCome
    {
        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            if (thread.Name != "child 3" || reason != ReadyReason.Yielded) base.OnReady(thread, reason);
        }
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_policy_that_forgets_a_thread_is_ejected_and_the_thread_is_found_again(string machine, int vps)
    {
        var ejection = Run(machine, vps, new Forgets()).Ejection!;
        Assert.Equal(PolicyRule.ForgetsNoThread, ejection.Rule);
        Assert.Contains("child 3", ejection.Message, StringComparison.Ordinal);
    }

    public sealed class Starves : SchedulingPolicy
    {
        private readonly ThreadQueue _ready = new(), _never = new();

        protected internal override void OnReady(UserThread thread, ReadyReason reason) => (thread.Name == "starved" ? _never : _ready).Enqueue(thread);

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.Dequeue();
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_policy_that_starves_a_thread_past_the_watchdogs_bound_is_ejected(string machine, int vps)
    {
        ExperimentResult result;
        var tries = 0;
        do
        {
            var ran = false;
            result = TestRun.On(TestRun.Named(machine), w =>
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
            }, new Starves(), vps, 30_000, watchdog: TimeSpan.FromMilliseconds(700));
        }
        // While all that are busy are blocked in the kernel (for the collector), the policy has forgotten the one that is left.
        while (result.Ejection?.Rule == PolicyRule.ForgetsNoThread && result.Counters["upcalls block"] > 0 && ++tries < 20);
        Assert.Equal(PolicyRule.StarvesNoThread, result.Ejection?.Rule);
        Assert.Contains("starved", result.Ejection!.Message, StringComparison.Ordinal);
        Assert.All(result.Threads, thread => Assert.Equal(UserThreadState.Finished, thread.State));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_starved_thread_runs_at_once_when_its_policy_is_ejected_though_a_simulated_machine_computes_for_long(int vps)
    {
        var ran = TimeSpan.Zero;
        TestRun.On(TestRun.Simulated, w =>
        {
            w.Threads("busy", vps, async t => await t.Compute(TimeSpan.FromSeconds(10)));
            w.Thread("starved", async t =>
            {
                await t.Yield();
                ran = t.Now;
            });
        }, new Starves(), vps, 30_000, watchdog: TimeSpan.FromMilliseconds(700));
        Assert.InRange(ran, TimeSpan.FromMilliseconds(700), TimeSpan.FromMilliseconds(900));
    }

    public sealed class Hangs : FirstCome
    {
        private int _calls;

        public string Where { get; set; } = "OnReady";

        public int AtCall { get; set; } = 20;

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

        protected internal override TimeSpan Quantum(UserThread thread)
        {
            HangIn("Quantum");
            return Timeout.InfiniteTimeSpan;
        }

        protected internal override void OnCreated(UserThread thread) => HangIn("OnCreated");

        protected internal override void OnRan(UserThread thread, TimeSpan ran) => HangIn("OnRan");

        protected internal override void OnBlocked(UserThread thread, BlockReason reason) => HangIn("OnBlocked");

        protected internal override void OnFinished(UserThread thread) => HangIn("OnFinished");

        private void HangIn(string callback)
        {
            if (callback != Where || ++_calls != AtCall) return;
            // Long after anybody has waited for it, and not for ever: the threads that hang stay in the tests' process.
            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(4)) Thread.SpinWait(100);
        }
    }

    [Theory]
    [InlineData("OnCreated", 4)]
    [InlineData("OnReady", 1)]
    [InlineData("OnReady", 20)]
    [InlineData("FindNextToRun", 20)]
    [InlineData("Quantum", 20)]
    [InlineData("OnRan", 21)]
    [InlineData("OnRan", 22)]
    [InlineData("OnRan", 23)]
    [InlineData("OnBlocked", 10)]
    [InlineData("OnFinished", 3)]
    public void A_callback_that_never_returns_costs_no_thread(string where, int call)
    {
        foreach (var (machine, vps) in new[] { ("simulated", 1), ("simulated", 2), ("stock", 1), ("stock", 2) })
        {
            var ejection = Run(machine, vps, new Hangs { Where = where, AtCall = call }, milliseconds: 6000).Ejection!;
            Assert.Equal((PolicyRule.Returns, where), (ejection.Rule, ejection.Callback));
            Assert.NotNull(ejection.Line);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_thread_of_whose_system_call_the_policy_hears_for_ever_blocks_once(int vps)
    {
        var result = TestRun.On(TestRun.Stock, w =>
        {
            var port = w.Port("port", Traffic.At(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(2000)));
            w.Thread("io", async t => { while (await t.Read(port) is not null) { } });
        }, new Hangs { Where = "OnBlocked", AtCall = 1 }, vps, 15_000);
        Assert.Equal((PolicyRule.Returns, "OnBlocked"), (result.Ejection?.Rule, result.Ejection?.Callback));
        // It ended by itself: nobody was taken to be blocked still.
        Assert.InRange(result.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(14));
        Assert.All(result.Threads, thread => Assert.Equal(UserThreadState.Finished, thread.State));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_task_that_completes_while_the_policy_hears_for_ever_what_its_thread_ran_wakes_the_thread_once(int vps)
    {
        var slept = TimeSpan.Zero;
        var result = TestRun.On(TestRun.Stock, w => w.Thread("awaits", async t =>
        {
            await Task.Delay(300);
            var start = t.Now;
            await t.Sleep(TimeSpan.FromMilliseconds(300));
            slept = t.Now - start;
        }), new Hangs { Where = "OnRan", AtCall = 1 }, vps, 15_000);
        Assert.Equal((PolicyRule.Returns, "OnRan"), (result.Ejection?.Rule, result.Ejection?.Callback));
        Assert.InRange(slept, TimeSpan.FromMilliseconds(299), TimeSpan.FromSeconds(10));
    }
}

/// <summary>First come, first served.</summary>
public class FirstCome : SchedulingPolicy
{
    private readonly ThreadQueue _ready = new();

    protected internal override void OnReady(UserThread thread, ReadyReason reason) => _ready.Enqueue(thread);

    protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.Dequeue();
}
