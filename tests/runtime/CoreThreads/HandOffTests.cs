using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>
/// Hand-off: who joins a thread gives it its turn. Without a trace, on the stock machine, the joined thread runs on its joiner's
/// stack, and whatever happens to either then must be as if it did not. (That everything happens in the same order, for many
/// programs: <see cref="DirectRunTests"/>.)
/// </summary>
public sealed partial class HandOffTests
{
    public static TheoryData<string, bool> Machines => new() { { "simulated", true }, { "stock", true }, { "stock", false } };

    private static ExperimentResult Run(string machine, bool tracing, Action<WorkloadDefinition> define, double milliseconds = 5_000, TimeSpan? slice = null,
        IReadOnlyList<(double Milliseconds, SchedulingPolicy Policy)>? swaps = null, int vps = 1)
    {
        var result = TestRun.On(TestRun.Named(machine), define, new HandOff { TimeSlice = slice ?? TimeSpan.FromHours(1) }, vps, milliseconds, tracing: tracing, swaps: swaps);
        Assert.Null(result.Ejection);
        return result;
    }

    private static void AllEnded(ExperimentResult result) =>
        Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));

    [Theory, MemberData(nameof(Machines))]
    public void A_joined_thread_goes_before_those_that_wait_and_its_joiner_after_it(string machine, bool tracing)
    {
        var order = new List<string>();
        Func<ThreadContext, UserTask> Says(string name) => _ =>
        {
            order.Add(name);
            return default;
        };
        AllEnded(Run(machine, tracing, w => w.Thread("main", async t =>
        {
            var first = t.Spawn(Says("first"));
            var second = t.Spawn(Says("second"));
            var third = t.Spawn(async u =>
            {
                var below = u.Spawn(Says("below third"));
                await u.Yield();
                await u.Join(below);
                order.Add("third");
            });
            await t.Join(second);
            order.Add("main");
            await t.Join(third);
            order.Add("main again");
            await t.Join(first);
        })));
        Assert.Equal(["second", "main", "first", "below third", "third", "main again"], order);
    }

    // What hands its turn on without end has one turn.
    [Theory]
    [InlineData("simulated", true, 1)]
    [InlineData("simulated", true, 2)]
    [InlineData("stock", true, 1)]
    [InlineData("stock", false, 1)]
    [InlineData("stock", false, 2)]
    public void Nobody_starves_beside_threads_that_join_each_other_without_end(string machine, bool tracing, int vps)
    {
        var (ended, others) = (false, new int[3]);
        AllEnded(Run(machine, tracing, w =>
        {
            for (var i = 0; i < vps; i++)
            {
                w.Thread($"joins {i}", async t =>
                {
                    while (!ended) await t.Join(t.Spawn(async u => await u.Compute(TimeSpan.FromMicroseconds(20))));
                });
            }
            for (var i = 0; i < others.Length; i++)
            {
                var number = i;
                w.Thread($"waits {i}", async t =>
                {
                    for (; others[number] < 20; others[number]++) await t.Yield();
                    ended = others.All(turns => turns == 20);
                });
            }
        }, milliseconds: 30_000, slice: TimeSpan.FromMilliseconds(2), vps: vps));
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_turn_lasts_for_its_quantum_by_however_many_threads_it_is_used(string machine, bool tracing)
    {
        var (slice, turn, other) = (TimeSpan.FromMilliseconds(2), TimeSpan.Zero, TimeSpan.Zero);
        AllEnded(Run(machine, tracing, w =>
        {
            w.Thread("joins", async t =>
            {
                turn = t.Now;
                while (other == default) await t.Join(t.Spawn(async u => await u.Compute(TimeSpan.FromMicroseconds(100))));
            });
            w.Thread("waits", t =>
            {
                other = t.Now;
                return default;
            });
        }, slice: slice));
        // No upper bound on a real machine, which may be busy.
        Assert.InRange(other - turn, slice, machine == "stock" ? TimeSpan.MaxValue : slice + TimeSpan.FromMicroseconds(200));
    }

    // What a joined thread does that keeps it from ending in its joiner's turn.
    public static TheoryData<string, bool, string> Delays
    {
        get
        {
            var data = new TheoryData<string, bool, string>();
            foreach (var what in (string[])["yields", "sleeps", "awaits a task", "calls", "blocks", "waits", "fails", "has locals"])
                foreach (var tracing in (bool[])[true, false])
                    data.Add("stock", tracing, what);
            return data;
        }
    }

    private sealed class DelayedException : Exception;

    [Theory, MemberData(nameof(Delays))]
    public void A_thread_that_does_not_end_at_once_is_joined_all_the_same(string machine, bool tracing, string what)
    {
        var semaphore = new UserSemaphore(0);
        var local = new UserThreadLocal<int>();
        var (caught, joined) = (0, 0);
        var result = Run(machine, tracing, w =>
        {
            w.Thread("root", async t =>
            {
                await Below(t, 3);
                joined++;
            });
            w.Thread("beside", async t =>
            {
                for (var i = 0; i < 10; i++) await t.Yield();
                if (what == "waits") t.Release(semaphore);
            });
        });
        Assert.All(result.Threads, thread => Assert.Equal(UserThreadState.Finished, thread.State));
        Assert.Equal(what == "fails" ? (4, 1) : (0, 1), (caught, joined));
        Assert.True(what != "blocks" || result.Counters["upcalls block"] > 0);

        async UserTask Below(ThreadContext t, int depth)
        {
            var thread = t.Spawn(u => depth > 0 ? Below(u, depth - 1) : Delay(u));
            try
            {
                await t.Join(thread);
            }
            catch (DelayedException)
            {
                caught++;
                if (depth < 3) throw;
            }
        }

        async UserTask Delay(ThreadContext t)
        {
            switch (what)
            {
                case "yields":
                    await t.Yield();
                    break;
                case "sleeps":
                    await t.Sleep(TimeSpan.FromMilliseconds(2));
                    break;
                case "awaits a task":
                    await Task.Delay(2);
                    break;
                case "calls":
                    await t.Call(() => Thread.Sleep(2));
                    break;
                case "blocks":
                    Thread.Sleep(50);
                    break;
                case "waits":
                    await t.Wait(semaphore);
                    break;
                case "fails":
                    throw new DelayedException();
                default:
                    local[t] = 1;
                    break;
            }
        }
    }

    [Theory, MemberData(nameof(Machines))]
    public void Threads_that_join_each_other_go_deeper_than_any_stack(string machine, bool tracing)
    {
        const int Depth = 20_000;
        var ended = 0;
        AllEnded(Run(machine, tracing, w => w.Thread("root", t => Below(t, Depth)), milliseconds: 30_000));
        Assert.Equal(Depth + 1, ended);

        async UserTask Below(ThreadContext t, int depth)
        {
            if (depth > 0) await t.Join(t.Spawn(u => Below(u, depth - 1)));
            ended++;
        }
    }
}
