using SchedulerActivations.CoreThreads;
using SchedulerActivations.Policies;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>Cancelling, detaching, naming, and what else a thread can do with threads.</summary>
public sealed class ThreadLifeTests : OnBothMachines
{
    /// <summary>Everything that a thread can wait in, entered for ever.</summary>
    private static readonly Dictionary<string, Func<ThreadContext, UserTask>> Waits = new()
    {
        ["sleep"] = async t => await t.Sleep(TimeSpan.FromDays(1)),
        ["yield"] = async t => { while (true) await t.Yield(); },
        ["compute"] = async t => { while (true) await t.Compute(Ms(0.1)); },
        ["mutex"] = async t =>
        {
            var mutex = new UserMutex();
            await t.Join(t.Spawn(async c => await c.Lock(mutex)));
            await t.Lock(mutex);
        },
        ["semaphore"] = async t => await t.Wait(new UserSemaphore(0)),
        ["semaphore with a time-out"] = async t => await t.Wait(new UserSemaphore(0), TimeSpan.FromDays(1)),
        ["latch"] = async t => await t.Wait(new UserLatch(1)),
        ["barrier"] = async t => await t.Wait(new UserBarrier(2)),
        ["reader-writer lock"] = async t =>
        {
            var rwLock = new UserReaderWriterLock();
            await t.Join(t.Spawn(async c => await c.LockForReading(rwLock)));
            await t.LockForWriting(rwLock);
        },
        ["receive"] = async t => await t.Receive(new UserChannel<int>()),
        ["send"] = async t => await t.Send(new UserChannel<int>(0), 1),
    };

    [Theory, MemberData(nameof(Machines))]
    public void A_cancelled_thread_leaves_whatever_it_waits_in(string machine, int vps)
    {
        var left = new List<string>();
        RunWell(machine, vps, async t =>
        {
            var threads = Waits.Select(wait => t.Spawn(async c =>
            {
                try
                {
                    await wait.Value(c);
                }
                finally
                {
                    // The request was served by one exception: a thread that cleans up can await.
                    await c.Yield();
                    lock (left) left.Add(wait.Key);
                }
            }, wait.Key)).ToList();
            await t.Sleep(Ms(10));
            foreach (var thread in threads)
            {
                t.Cancel(thread);
                try
                {
                    await t.Join(thread);
                    Assert.Fail("it should end cancelled");
                }
                catch (UserThreadCancelledException cancelled)
                {
                    Assert.Equal(thread, cancelled.Thread);
                }
            }
        });
        Assert.Equal(Waits.Keys, left);
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_cancelled_wait_for_a_condition_holds_the_mutex_again(string machine, int vps)
    {
        var mutex = new UserMutex();
        var condition = new UserConditionVariable(mutex);
        var cleaned = false;
        RunWell(machine, vps, async t =>
        {
            var waiter = t.Spawn(async c =>
            {
                await c.Lock(mutex);
                try
                {
                    await c.Wait(condition);
                }
                finally
                {
                    Assert.Equal(c.Thread, mutex.Owner);
                    cleaned = true;
                    c.Unlock(mutex);
                }
            });
            while (waiter.State != UserThreadState.Blocked) await t.Yield();
            await t.Lock(mutex);
            t.Cancel(waiter);
            await t.Sleep(Ms(5));
            Assert.False(cleaned);
            t.Unlock(mutex);
            try { await t.Join(waiter); }
            catch (UserThreadCancelledException) { }
            t.Signal(condition);
            await t.Lock(mutex, Ms(100));
        });
        Assert.True(cleaned);
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_thread_that_never_ran_or_cancels_itself_ends_at_its_next_await(string machine, int vps)
    {
        var reached = new List<string>();
        var result = RunWell(machine, vps, async t =>
        {
            var self = t.Spawn(async c =>
            {
                c.Cancel(c.Thread);
                lock (reached) reached.Add("self");
                await c.Lock(new UserMutex());
                lock (reached) reached.Add("too far");
            });
            while (self.State != UserThreadState.Finished) await t.Yield();
            var caught = t.Spawn(async c =>
            {
                try { await c.Sleep(TimeSpan.FromDays(1)); }
                catch (UserThreadCancelledException) { }
                await c.Compute(Ms(1));
                lock (reached) reached.Add("went on");
            });
            await t.Sleep(Ms(5));
            t.Cancel(caught);
            await t.Join(caught);
            Assert.True(caught.CancelRequested);
        });
        Assert.Equal(["self", "went on"], reached);
        Assert.Equal(3, result.Threads.Count);
    }

    [Theory, MemberData(nameof(Machines))]
    public void What_ends_a_wait_comes_once_whoever_comes_first(string machine, int vps)
    {
        var semaphore = new UserSemaphore(0);
        var (taken, cancelled, timedOut) = (0, 0, 0);
        RunWell(machine, vps, async t =>
        {
            var threads = Enumerable.Range(0, 200).Select(i => t.Spawn(async c =>
            {
                try
                {
                    if (await c.Wait(semaphore, Ms(i % 20 / 10.0))) Interlocked.Increment(ref taken);
                    else Interlocked.Increment(ref timedOut);
                }
                catch (UserThreadCancelledException)
                {
                    Interlocked.Increment(ref cancelled);
                }
            })).ToList();
            foreach (var thread in threads)
            {
                t.Release(semaphore);
                t.TryCancel(thread);
                await t.Yield();
            }
            foreach (var thread in threads)
            {
                try { await t.Join(thread); }
                catch (UserThreadCancelledException) { Assert.Fail("it had ended its body's wait"); }
            }
        });
        Assert.Equal(200, taken + cancelled + timedOut);
        Assert.Equal(200, taken + semaphore.Count);
    }

    [Theory, MemberData(nameof(Machines))]
    public void Sleeping_until_a_time_does_not_drift(string machine, int vps)
    {
        var woke = new List<TimeSpan>();
        RunWell(machine, vps, async t =>
        {
            var start = t.Now;
            for (var i = 1; i <= 5; i++)
            {
                await t.SleepUntil(start + Ms(4 * i));
                woke.Add(t.Now - start);
                await t.Compute(Ms(1));
            }
            await t.SleepUntil(TimeSpan.Zero);
        });
        for (var i = 0; i < 5; i++) Assert.True(woke[i] >= Ms(4 * (i + 1)), $"{i}: {woke[i]}");
        if (machine == "simulated") Assert.True(woke[4] < Ms(20.1), $"{woke[4]}");
    }

    [Theory, MemberData(nameof(Machines))]
    public void Each_thread_has_its_own_copy_of_a_local(string machine, int vps)
    {
        var count = new UserThreadLocal<int>();
        var name = new UserThreadLocal<string>(t => t.Thread.Name);
        RunWell(machine, vps, async t => await JoinAll(t, [.. Enumerable.Range(0, 6).Select(i => t.Spawn(async c =>
        {
            for (var round = 0; round < 10; round++)
            {
                count[c] += i;
                await c.Yield();
            }
            Assert.Equal(10 * i, count[c]);
            Assert.Equal($"local {i}", name[c]);
        }, $"local {i}"))]));
    }

    [Theory, MemberData(nameof(Machines))]
    public void Attributes_can_be_given_and_changed(string machine, int vps)
    {
        var result = RunWell(machine, vps, async t =>
        {
            var lookedAt = new UserLatch(1);
            var thread = t.Spawn(async c =>
            {
                await c.Wait(lookedAt);
                c.Thread.Name = "renamed";
            }, new UserThreadAttributes { Name = "named", Priority = 3 });
            Assert.Equal(("named", 3, false), (thread.Name, thread.Priority, thread.IsDetached));
            t.SetPriority(thread, 7);
            Assert.Equal(7, thread.Priority);
            t.CountDown(lookedAt);
            var detached = t.Spawn(async c => await c.Yield(), new UserThreadAttributes { Detached = true });
            Assert.True(detached.IsDetached);
            await t.Join(thread);
        });
        Assert.Equal(["main", "renamed", "main/3"], result.Threads.Select(thread => thread.Name));
    }

    private sealed class Nothing : UserThread
    {
        protected internal override UserTask Run(ThreadContext t) => default;
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_thread_of_a_class_of_its_own_is_started_once_and_is_nobodys_before(string machine, int vps)
    {
        var result = RunWell(machine, vps, async t =>
        {
            var thread = new Nothing { PolicyData = "kept" };
            Assert.Equal((0, UserThreadState.New), (thread.Id, thread.State));
            Action[] tooEarly =
            [
                () => t.Join(thread), () => t.Detach(thread), () => t.Cancel(thread), () => t.SetPriority(thread, 1),
                () => thread.Name = "early", () => thread.Priority = 1, () => thread.GoesFirst = true,
            ];
            Assert.All(tooEarly, early => Assert.Contains("Nothing/0 has not been started", Assert.Throws<InvalidOperationException>(early).Message, StringComparison.Ordinal));

            Assert.Same(thread, t.Spawn(thread, new UserThreadAttributes { Name = "once", Priority = 3 }));
            Assert.Equal(("once", 3, "kept"), (thread.Name, thread.Priority, thread.PolicyData));
            Assert.Contains("once has been started already", Assert.Throws<InvalidOperationException>(() => t.Spawn(thread)).Message, StringComparison.Ordinal);
            await t.Join(thread);
            Assert.Throws<InvalidOperationException>(() => t.Spawn(thread));
            Assert.Throws<ArgumentNullException>(() => t.Spawn((Nothing)null!));
        });
        Assert.Equal(["main", "once"], result.Threads.Select(thread => thread.Name));
    }

    [Theory, MemberData(nameof(Machines))]
    public void Misuse_is_an_error_of_the_thread_that_errs(string machine, int vps)
    {
        var result = Run(machine, vps, w =>
        {
            w.Thread("cancels a finished thread", async t =>
            {
                var finished = t.Spawn(async c => await c.Yield());
                await t.Join(finished);
                Assert.False(t.TryCancel(finished));
                t.Cancel(finished);
            });
            w.Thread("joins a detached thread", async t => await t.Join(t.Spawn(async c => await c.Yield(), new UserThreadAttributes { Detached = true })));
            w.Thread("detaches twice", t =>
            {
                t.Detach(t.Thread);
                t.Detach(t.Thread);
                return default;
            });
            w.Thread("has no name", t =>
            {
                t.Thread.Name = " ";
                return default;
            });
            w.Thread("cancels nobody", t =>
            {
                t.Cancel(null!);
                return default;
            });
            w.Thread("works", async t => await t.Compute(Ms(1)));
        });
        Assert.Equal(["InvalidOperationException", "InvalidOperationException", "InvalidOperationException", "ArgumentException", "ArgumentNullException", null], Errors(result).Take(6));
        Assert.All(result.Threads, thread => Assert.Equal(UserThreadState.Finished, thread.State));
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_mutex_that_passes_priorities_on_makes_its_owner_as_urgent_as_its_waiters(string machine, int vps)
    {
        var (first, second) = (new UserMutex(passesPriority: true), new UserMutex(passesPriority: true));
        var order = new List<string>();
        RunWell(machine, vps, async t =>
        {
            await t.Lock(first);
            var middle = t.Spawn(async c =>
            {
                await c.Lock(second);
                await c.Lock(first);
                order.Add("middle");
                c.Unlock(first);
                c.Unlock(second);
            }, "middle", 2);
            while (t.Thread.Priority != 2) await t.Sleep(Ms(1));
            var low = t.Spawn(async c =>
            {
                await c.Lock(first);
                order.Add("low");
                c.Unlock(first);
            }, "low", 1);
            while (low.State != UserThreadState.Blocked) await t.Sleep(Ms(1));
            var high = t.Spawn(async c =>
            {
                try { await c.Lock(second, TimeSpan.FromDays(1)); }
                catch (UserThreadCancelledException) { }
            }, "high", 9);
            // Through the mutex that middle holds and the one that it waits for.
            while (t.Thread.Priority != 9) await t.Sleep(Ms(1));
            Assert.Equal(9, middle.Priority);
            t.SetPriority(high, 12);
            Assert.Equal((12, 12), (middle.Priority, t.Thread.Priority));
            t.Cancel(high);
            Assert.Equal((2, 2), (middle.Priority, t.Thread.Priority));
            await t.Join(high);
            t.Unlock(first);
            Assert.Equal(0, t.Thread.Priority);
            await t.Join(low);
        });
        Assert.Equal(["middle", "low"], order);
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_thread_made_by_one_that_has_inherited_a_priority_has_its_makers_own(string machine, int vps)
    {
        var mutex = new UserMutex(passesPriority: true);
        RunWell(machine, vps, async t =>
        {
            await t.Lock(mutex);
            var high = t.Spawn(async c =>
            {
                await c.Lock(mutex);
                c.Unlock(mutex);
            }, "high", 9);
            while (t.Thread.Priority != 9) await t.Sleep(Ms(1));
            var child = t.Spawn(async c => await c.Yield());
            t.Unlock(mutex);
            Assert.Equal((0, 0), (t.Thread.Priority, child.Priority));
            await JoinAll(t, high, child);
        });
    }

    [Fact]
    public void A_thread_that_was_made_more_urgent_runs_next_on_another_virtual_processor_too()
    {
        var (order, stop, came) = (new List<string>(), false, false);
        UserTask Note(ThreadContext c)
        {
            lock (order) order.Add(c.Thread.Name);
            return default;
        }
        TestRun.On(TestRun.Stock, w => w.Thread("raises", async t =>
        {
            var holds = t.Spawn(c =>
            {
                TestRun.Comes(() => Volatile.Read(ref stop));
                return default;
            }, "holds", 8);
            while (holds.State != UserThreadState.Running) await t.Yield();
            t.Spawn(Note, "middle", 2);
            var low = t.Spawn(Note, "low", 1);
            while (low.State != UserThreadState.Ready) await t.Yield();
            t.SetPriority(low, 5);
            Volatile.Write(ref stop, true);
            came = TestRun.Comes(() => { lock (order) return order.Count == 2; });
        }, 9), new StaticPriority(), vps: 2, milliseconds: 10_000);
        Assert.True(came);
        Assert.Equal(["low", "middle"], order);
    }
}
