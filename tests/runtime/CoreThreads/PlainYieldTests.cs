using System.Diagnostics;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>Threads that only yield, on one virtual processor, take a shorter way through the core: the contract holds there, too.</summary>
public sealed class PlainYieldTests
{
    private const int Yields = 5000;

    private static ExperimentResult Run(SchedulingPolicy policy)
    {
        var order = 0;
        var result = TestRun.On(TestRun.Stock, w => w.Threads("yields", 3, async t =>
        {
            for (var i = 0; i < Yields; i++)
            {
                await t.Yield();
                order++;
            }
        }), policy, milliseconds: 30_000, tracing: false);
        Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));
        Assert.Equal(3 * Yields, order);
        Assert.True(result.Counters["switches"] >= order, $"{result.Counters["switches"]} switches");
        return result;
    }

    [Fact]
    public void A_policy_that_keeps_its_contract_stays() => Assert.Null(Run(new FirstCome()).Ejection);

    [Fact]
    public void Threads_take_turns()
    {
        var turns = new List<int>();
        TestRun.On(TestRun.Stock, w => w.Threads("yields", 3, async t =>
        {
            for (var i = 0; i < 100; i++)
            {
                turns.Add(t.Thread.Id);
                await t.Yield();
            }
        }), new FirstCome(), tracing: false);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => (i % 3) + 1), turns);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_trace_has_each_yield_and_who_ran_next(bool own)
    {
        var trace = TestRun.On(TestRun.Stock, w => w.Threads("yields", 2, async t =>
        {
            for (var i = 0; i < 100; i++) await t.Yield();
        }), own ? new RoundRobin() : new FirstCome(), milliseconds: 30_000).Trace!;
        var yields = trace.Events.Where(entry => entry is { Kind: TraceEventKind.Ready, Detail: (byte)ReadyReason.Yielded }).ToList();
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (i % 2) + 1), yields.Select(entry => entry.Thread));
        var running = trace.Events.Where(entry => entry.Kind == TraceEventKind.Running).ToList();
        Assert.Equal(Enumerable.Range(0, 202).Select(i => (i % 2) + 1), running.Select(entry => entry.Thread));
        // A yield and the next one's turn are one instant, and instants follow each other.
        Assert.Equal(yields.Select(entry => entry.Time), running.Skip(1).Take(200).Select(entry => entry.Time));
        Assert.True(yields[0].Time < yields[^1].Time);
    }

    [Fact]
    public void A_thread_that_one_of_them_wakes_is_next_but_one()
    {
        var turns = new List<int>();
        var opened = new UserLatch(1);
        TestRun.On(TestRun.Stock, w =>
        {
            w.Thread("woken", async t =>
            {
                await t.Wait(opened);
                turns.Add(t.Thread.Id);
            });
            w.Threads("yields", 2, async t =>
            {
                for (var i = 0; i < 50; i++)
                {
                    if (turns.Count == 20) t.CountDown(opened);
                    turns.Add(t.Thread.Id);
                    await t.Yield();
                }
            });
        }, new FirstCome(), tracing: false);
        Assert.InRange(turns.IndexOf(1), 21, 23);
    }

    [Theory]
    [InlineData("OnReady", "throws", PolicyRule.DoesNotThrow)]
    [InlineData("FindNextToRun", "throws", PolicyRule.DoesNotThrow)]
    [InlineData("OnReady", "hangs", PolicyRule.Returns)]
    [InlineData("FindNextToRun", "hangs", PolicyRule.Returns)]
    [InlineData("FindNextToRun", "forgets", PolicyRule.ForgetsNoThread)]
    [InlineData("FindNextToRun", "invents", PolicyRule.PicksReadyThread)]
    public void A_policy_that_breaks_its_contract_at_a_yield_is_ejected_and_no_thread_is_lost(string where, string how, PolicyRule rule)
    {
        var ejection = Run(new Breaks { Where = where, How = how }).Ejection;
        Assert.Equal((rule, where), (ejection?.Rule, ejection?.Callback));
        Assert.NotNull(ejection!.Line);
    }

    [Fact]
    public void A_thread_that_blocks_in_a_call_nobody_declared_lets_the_others_run()
    {
        var others = 0;
        var slept = false;
        TestRun.On(TestRun.Stock, w =>
        {
            w.Thread("sleeps", async t =>
            {
                await t.Yield();
                var before = others;
                // Until the others have run, or for ever: sleeping is what is to be seen.
                while (Volatile.Read(ref others) == before) Thread.Sleep(5);
                slept = true;
                await t.Yield();
            });
            w.Threads("yields", 2, async t =>
            {
                while (!Volatile.Read(ref slept))
                {
                    others++;
                    await t.Yield();
                }
            });
        }, new FirstCome(), milliseconds: 20_000, tracing: false);
        Assert.True(slept);
    }

    public sealed class Breaks : FirstCome
    {
        private int _calls;
        private UserThread? _foreign;

        public string Where { get; set; } = "OnReady";

        public string How { get; set; } = "throws";

        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            base.OnReady(thread, reason);
            if (_foreign is null) (_foreign = new FunctionThread(_ => default)).Enter(thread.VirtualProcessor, 99, "foreign", true, 0);
            _ = reason == ReadyReason.Yielded && BreaksIn("OnReady");
        }

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp)
        {
            if (!BreaksIn("FindNextToRun") || How == "hangs") return base.FindNextToRun(vp);
            // From now on it has nothing, or a thread that is not its to give.
            return How == "invents" ? _foreign : null;
        }

        private bool BreaksIn(string callback)
        {
            if (callback != Where || ++_calls < 1000) return false;
            if (How == "throws") throw new InvalidDataException("no more");
            if (How != "hangs") return true;
            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(4)) Thread.SpinWait(100);
            return false;
        }
    }
}
