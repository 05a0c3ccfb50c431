using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Tests.CoreThreads;

// Threads that stand on each other's stack: what cancels them, blocks beneath or above them, or is done wrongly there.
public sealed partial class HandOffTests
{
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
