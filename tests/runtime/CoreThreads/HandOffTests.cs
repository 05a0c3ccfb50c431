using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>
/// Hand-off: who joins a thread gives it its turn. Without a trace, on the stock machine, the joined thread runs on its joiner's
/// stack, and whatever happens to either then must be as if it did not. (That everything happens in the same order, for many
/// programs: <see cref="DirectRunTests"/>.)
/// </summary>
public sealed class HandOffTests
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void They_share_a_stack_however_deep_their_calls_go(bool tracing)
    {
        var ended = 0;
        AllEnded(Run("stock", tracing, w => w.Thread("root", t => Below(t, 120)), milliseconds: 30_000));
        Assert.Equal(121, ended);

        async UserTask Below(ThreadContext t, int depth)
        {
            await Calls(t, depth, 100);
            ended++;
        }

        async UserTask Calls(ThreadContext t, int depth, int calls)
        {
            if (calls > 0) await Calls(t, depth, calls - 1);
            else if (depth > 0) await t.Join(t.Spawn(u => Below(u, depth - 1)));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_thread_may_cancel_who_joins_it_and_others_run_while_it_blocks_then(bool tracing)
    {
        var said = new List<string>();
        AllEnded(Run("stock", tracing, w =>
        {
            w.Thread("main", async t =>
            {
                try
                {
                    await t.Join(t.Spawn(async u =>
                    {
                        await u.Join(u.Spawn(v =>
                        {
                            v.Cancel(t.Thread);
                            Thread.Sleep(300);
                            said.Add("is back");
                            return default;
                        }));
                        said.Add("goes on");
                    }));
                }
                catch (UserThreadCancelledException)
                {
                    said.Add("cancelled");
                }
            });
            w.Thread("beside", t =>
            {
                said.Add("beside");
                return default;
            });
        }));
        Assert.Contains("cancelled", said);
        Assert.Equal(["beside", "is back", "goes on"], said.Where(what => what != "cancelled"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_sleeper_is_woken_at_the_next_look_at_the_clock_beside_threads_that_join_each_other(bool tracing)
    {
        for (var phase = 0; phase < 6; phase++)
        {
            var (sleeper, due, late) = ((UserThread?)null, TimeSpan.MaxValue, 0);
            AllEnded(Run("stock", tracing, w =>
            {
                w.Thread("sleeps", async t =>
                {
                    sleeper = t.Thread;
                    due = t.Now + TimeSpan.FromMilliseconds(2);
                    await t.Sleep(TimeSpan.FromMilliseconds(2));
                });
                w.Thread("joins", async t =>
                {
                    var mutex = new UserMutex();
                    for (var i = 0; i < phase % 3; i++)
                    {
                        await t.Lock(mutex);
                        t.Unlock(mutex);
                    }
                    while (sleeper!.State == UserThreadState.Blocked)
                    {
                        if (t.Now > due) late++;
                        await t.Join(t.Spawn(_ => default));
                    }
                });
            }));
            // Rounds of the other one, not time: the computer may be busy.
            Assert.InRange(late, 0, 100);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_joined_thread_that_uses_its_joiners_context_after_it_blocked_is_taken_for_itself(bool tracing)
    {
        var (semaphore, order) = (new UserSemaphore(0), new List<string>());
        AllEnded(Run("stock", tracing, w =>
        {
            w.Thread("main", async t =>
            {
                await t.Join(t.Spawn(_ =>
                {
                    Thread.Sleep(200);
                    t.Release(semaphore);
                    order.Add("joined");
                    return default;
                }));
                order.Add("main");
            });
            w.Thread("beside", async t => await t.Wait(semaphore));
        }));
        Assert.Equal(["joined", "main"], order);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_joiner_whose_context_others_use_is_cancelled_once_it_has_left_the_stack(bool tracing)
    {
        var (semaphore, joiner, cancelled) = (new UserSemaphore(1), (UserThread?)null, 0);
        AllEnded(Run("stock", tracing, w =>
        {
            w.Thread("main", async t => await t.Join(t.Spawn(async u =>
            {
                joiner = u.Thread;
                try
                {
                    await u.Join(u.Spawn(async v =>
                    {
                        await u.Wait(semaphore);
                        Thread.Sleep(200);
                    }));
                }
                catch (UserThreadCancelledException)
                {
                    cancelled++;
                }
            })));
            w.Thread("cancels", async t =>
            {
                while (joiner?.State != UserThreadState.Blocked) await t.Yield();
                t.Cancel(joiner);
            });
        }));
        Assert.Equal(1, cancelled);
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_call_that_is_not_awaited_before_a_join_is_told_of(string machine, bool tracing)
    {
        var result = Run(machine, tracing, w => w.Thread("main", async t =>
        {
            _ = Yields(t);
            await t.Join(t.Spawn(_ => default));
        }));
        Assert.Contains("await every UserTask", result.Threads[0].Exception);

        static async UserTask Yields(ThreadContext t) => await t.Yield();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Others_run_while_a_joined_thread_blocks_in_the_kernel_and_may_cancel_who_joins_it(bool tracing)
    {
        var (joiner, cancelled, beneath, ended) = ((UserThread?)null, false, false, new List<string>());
        AllEnded(Run("stock", tracing, w =>
        {
            w.Thread("beneath", async t =>
            {
                await t.Join(t.Spawn(async u =>
                {
                    joiner = u.Thread;
                    try
                    {
                        await u.Join(u.Spawn(v =>
                        {
                            Thread.Sleep(300);
                            ended.Add("blocks");
                            return default;
                        }));
                    }
                    catch (UserThreadCancelledException)
                    {
                        cancelled = true;
                        // It has left the stack as a whole: it can wait for something else.
                        await u.Yield();
                    }
                    ended.Add("joins");
                }));
                beneath = true;
            });
            w.Thread("cancels", async t =>
            {
                while (joiner?.State != UserThreadState.Blocked) await t.Yield();
                t.Cancel(joiner);
                ended.Add("cancels");
                for (var i = 0; i < 1000; i++) await t.Yield();
            });
        }));
        Assert.True(cancelled && beneath);
        Assert.Equal("cancels", ended[0]);
        Assert.Equal(["blocks", "cancels", "joins"], ended.Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_policy_may_take_over_while_threads_stand_on_each_others_stack(bool tracing)
    {
        var (turns, ended) = (0, 0);
        var result = Run("stock", tracing, w =>
        {
            w.Thread("root", t => Below(t, 5));
            w.Thread("beside", async t =>
            {
                for (; ended < 6; turns++) await t.Yield();
            });
        }, milliseconds: 10_000, swaps: [(100, new DirectRunTests.Hearing())]);
        AllEnded(result);
        Assert.Single(result.Swaps);
        Assert.True(turns > 0);

        async UserTask Below(ThreadContext t, int depth)
        {
            if (depth > 0) await t.Join(t.Spawn(u => Below(u, depth - 1)));
            else Thread.Sleep(300);
            await t.Yield();
            ended++;
        }
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_thread_that_does_not_await_its_join_fails_and_the_joined_one_goes_on(string machine, bool tracing)
    {
        var (ended, failures) = (0, new List<string>());
        var result = Run(machine, tracing, w => w.Thread("main", async t =>
        {
            UserThread[] threads =
            [
                t.Spawn(u =>
                {
                    _ = Joins(u);
                    return default;
                }, "at once"),
                t.Spawn(async u => _ = await Calls(u), "in a method"),
                t.Spawn(async u =>
                {
                    await u.Yield();
                    _ = Joins(u);
                }, "later"),
                t.Spawn(u =>
                {
                    _ = Joins(u);
                    throw new FormatException("its own");
                }, "throws"),
                t.Spawn(async u =>
                {
                    _ = Joins(u);
                    await u.Yield();
                }, "yields"),
            ];
            foreach (var thread in threads)
            {
                try
                {
                    await t.Join(thread);
                }
                catch (Exception exception)
                {
                    failures.Add($"{thread.Name}: {exception.Message}");
                }
            }
        }));
        Assert.All(result.Threads, thread => Assert.Equal(UserThreadState.Finished, thread.State));
        Assert.Equal(5, ended);
        Assert.Equal(["at once", "in a method", "later", "throws", "yields"], failures.Select(failure => failure.Split(':')[0]));
        Assert.Equal("throws: its own", failures[3]);

        async UserTask Joins(ThreadContext t) => await t.Join(t.Spawn(async u =>
        {
            await u.Yield();
            await u.Yield();
            ended++;
        }));

        async UserTask<int> Calls(ThreadContext t)
        {
            _ = Joins(t);
            return 1;
        }
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_joined_thread_that_awaits_by_its_joiners_context_is_told(string machine, bool tracing)
    {
        var result = Run(machine, tracing, w => w.Thread("main", async t =>
        {
            var thread = t.Spawn(async _ => await t.Sleep(TimeSpan.FromMilliseconds(1)), "wrong");
            var error = default(Exception);
            try
            {
                await t.Join(thread);
            }
            catch (InvalidOperationException exception)
            {
                error = exception;
            }
            Assert.Contains("Thread wrong awaits by the context of thread main", error?.Message);
        }));
        Assert.All(result.Threads, thread => Assert.Equal(UserThreadState.Finished, thread.State));
        Assert.Null(result.Threads[0].Exception);
    }
}
