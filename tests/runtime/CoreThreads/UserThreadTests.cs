using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>What user threads do, on both machines: one core stands under both.</summary>
public sealed class UserThreadTests
{
    public static TheoryData<string, int> Machines => new() { { "simulated", 1 }, { "simulated", 2 }, { "stock", 1 }, { "stock", 2 } };

    [Theory, MemberData(nameof(Machines))]
    public void Threads_take_turns_at_a_yield(string machine, int vps)
    {
        var order = new List<string>();
        var result = TestRun.On(TestRun.Named(machine), w =>
        {
            foreach (var name in new[] { "a", "b" })
                w.Thread(name, async t =>
                {
                    for (var i = 0; i < 3; i++)
                    {
                        lock (order) order.Add(name);
                        await t.Yield();
                    }
                });
        }, vps: vps);
        Assert.All(result.Threads, thread => Assert.Equal(UserThreadState.Finished, thread.State));
        if (vps == 1) Assert.Equal(["a", "b", "a", "b", "a", "b"], order);
        else Assert.Equal(6, order.Count);
    }

    [Theory, MemberData(nameof(Machines))]
    public void Join_waits_for_the_end_and_a_thread_that_has_ended_is_joined_at_once(string machine, int vps)
    {
        var log = new List<string>();
        TestRun.On(TestRun.Named(machine), w => w.Thread("parent", async t =>
        {
            var child = t.Spawn(async c =>
            {
                await c.Compute(TimeSpan.FromMilliseconds(1));
                log.Add("child");
            });
            await t.Join(child);
            log.Add("joined");
            await t.Join(child);
            log.Add("joined again");
        }), vps: vps);
        Assert.Equal(["child", "joined", "joined again"], log);
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_thread_of_a_class_of_its_own_holds_what_it_found_out(string machine, int vps)
    {
        var (whole, broken) = (new Countdown(3), new Countdown(-1));
        Exception? caught = null;
        var result = TestRun.On(TestRun.Named(machine), w => w.Thread("parent", async t =>
        {
            await t.Join(t.Spawn(whole, "whole"));
            try { await t.Join(t.Spawn(broken)); }
            catch (InvalidDataException exception) { caught = exception; }
        }), vps: vps);
        Assert.Equal([3, 2, 1], whole.Counted);
        Assert.NotNull(caught);
        Assert.Equal(["parent", "whole", "parent/3"], result.Threads.Select(thread => thread.Name));
    }

    private sealed class Countdown(int from) : UserThread
    {
        public List<int> Counted { get; } = [];

        protected internal override UserTask Run(ThreadContext t) => from < 0 ? throw new InvalidDataException("broken") : Count(t);

        private async UserTask Count(ThreadContext t)
        {
            for (var i = from; i > 0; i--)
            {
                Counted.Add(i);
                await t.Yield();
            }
        }
    }

    [Theory, MemberData(nameof(Machines))]
    public void Join_throws_what_the_thread_threw_and_the_result_does_not_list_it_again(string machine, int vps)
    {
        Exception? caught = null;
        var result = TestRun.On(TestRun.Named(machine), w => w.Thread("parent", async t =>
        {
            var child = t.Spawn(async c =>
            {
                await c.Yield();
                throw new InvalidDataException("broken");
            });
            try { await t.Join(child); }
            catch (InvalidDataException exception) { caught = exception; }
        }), vps: vps);
        Assert.Equal("broken", caught?.Message);
        Assert.All(result.Threads, thread => Assert.Null(thread.Exception));
    }

    [Theory, MemberData(nameof(Machines))]
    public void What_a_thread_throws_and_nobody_joins_stands_in_the_result_with_its_line(string machine, int vps)
    {
        var result = TestRun.On(TestRun.Named(machine), w =>
        {
            w.Thread("bad", async t =>
            {
                await t.Yield();
                throw new InvalidDataException("broken");
            });
            w.Thread("good", async t => await t.Compute(TimeSpan.FromMilliseconds(1)));
        }, vps: vps);
        Assert.Contains("broken", result.Threads[0].Exception, StringComparison.Ordinal);
        Assert.Contains($"{nameof(UserThreadTests)}.cs:line", result.Threads[0].Exception, StringComparison.Ordinal);
        Assert.Equal(UserThreadState.Finished, result.Threads[1].State);
        Assert.Null(result.Threads[1].Exception);
    }

    [Theory, MemberData(nameof(Machines))]
    public void Calls_of_user_tasks_nest_and_give_results(string machine, int vps)
    {
        var sum = 0L;
        TestRun.On(TestRun.Named(machine), w => w.Thread("sum", async t => sum = await Sum(t, 1, 100)), vps: vps, milliseconds: 2000);
        Assert.Equal(5050, sum);

        static async UserTask<long> Sum(ThreadContext t, int from, int to)
        {
            if (from == to)
            {
                if (from % 7 == 0) await t.Yield();
                return from;
            }
            var middle = (from + to) / 2;
            return await Sum(t, from, middle) + await Sum(t, middle + 1, to);
        }
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_deep_chain_of_suspended_calls_unwinds_without_stack(string machine, int vps)
    {
        var depth = 0;
        TestRun.On(TestRun.Named(machine), w => w.Thread("deep", async t => depth = await Down(t, 3000)), vps: vps, milliseconds: 2000);
        Assert.Equal(3000, depth);

        static async UserTask<int> Down(ThreadContext t, int levels)
        {
            if (levels > 0) return 1 + await Down(t, levels - 1);
            await t.Yield();
            return 0;
        }
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_mutex_lets_one_thread_in_at_a_time(string machine, int vps)
    {
        var mutex = new UserMutex();
        var (inside, most, entries) = (0, 0, 0);
        var result = TestRun.On(TestRun.Named(machine), w => w.Threads("worker", 5, async t =>
        {
            for (var i = 0; i < 20; i++)
            {
                await t.Lock(mutex);
                most = Math.Max(most, ++inside);
                await t.Yield();
                entries++;
                inside--;
                t.Unlock(mutex);
            }
        }), vps: vps, milliseconds: 2000);
        Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));
        Assert.Equal((1, 100), (most, entries));
        Assert.Null(mutex.Owner);
    }

    [Theory, MemberData(nameof(Machines))]
    public void Misuse_is_an_error_of_the_thread_and_the_scheduler_goes_on(string machine, int vps)
    {
        var mutex = new UserMutex();
        var result = TestRun.On(TestRun.Named(machine), w =>
        {
            w.Thread("unlocks another's mutex", t =>
            {
                t.Unlock(mutex);
                return default;
            });
            w.Thread("joins itself", async t => await t.Join(t.Thread));
            w.Thread("locks twice", async t =>
            {
                var own = new UserMutex();
                await t.Lock(own);
                await t.Lock(own);
            });
            w.Thread("awaits nothing it calls", async t =>
            {
                _ = Suspended(t);
                await t.Yield();
            });
            w.Thread("computes backwards", async t => await t.Compute(TimeSpan.FromMilliseconds(-1)));
            w.Thread("works", async t => await t.Compute(TimeSpan.FromMilliseconds(1)));
        }, vps: vps);
        Assert.Equal(
            ["SynchronizationLockException", "InvalidOperationException", "SynchronizationLockException", "InvalidOperationException", "ArgumentOutOfRangeException", null],
            result.Threads.Select(thread => thread.Exception?.Split(':')[0].Split('.')[^1]));
        Assert.All(result.Threads, thread => Assert.Equal(UserThreadState.Finished, thread.State));

        static async UserTask Suspended(ThreadContext t) => await t.Yield();
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_thread_that_awaits_by_the_context_of_another_ends_by_an_error_that_names_both(string machine, int vps)
    {
        var result = TestRun.On(TestRun.Named(machine), w => w.Thread("maker", async t =>
        {
            var made = new[] { "sleeps", "waits", "sends" }.Select(how => t.Spawn(async c =>
            {
                await c.Yield();
                if (how == "sleeps") await t.Sleep(TimeSpan.FromMilliseconds(1));
                else if (how == "waits") await t.Wait(new UserSemaphore(0));
                else await t.Send(new UserChannel<int>(0), 1);
            }, how)).ToList();
            for (var i = 0; i < 100; i++) await t.Compute(TimeSpan.FromMilliseconds(0.1));
            foreach (var each in made)
                while (each.State != UserThreadState.Finished) await t.Sleep(TimeSpan.FromMilliseconds(1));
        }), vps: vps, milliseconds: 10_000);
        Assert.Equal((UserThreadState.Finished, null), (result.Threads[0].State, result.Threads[0].Exception));
        foreach (var thread in result.Threads.Skip(1)) Assert.Contains($"Thread {thread.Name} awaits by the context of thread maker", thread.Exception, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Machines))]
    public void Sleeping_lasts_at_least_as_long_as_asked_for(string machine, int vps)
    {
        var slept = TimeSpan.Zero;
        TestRun.On(TestRun.Named(machine), w => w.Thread("sleeper", async t =>
        {
            var start = t.Now;
            await t.Sleep(TimeSpan.FromMilliseconds(20));
            slept = t.Now - start;
        }), vps: vps);
        Assert.InRange(slept.TotalMilliseconds, 20, machine == "stock" ? double.MaxValue : 20.1);
    }

    [Theory, MemberData(nameof(Machines))]
    public void Threads_that_wait_for_each_other_end_the_run_and_the_result_says_who_waits_for_whom(string machine, int vps)
    {
        var (first, second) = (new UserMutex(), new UserMutex());
        var result = TestRun.On(TestRun.Named(machine), w =>
        {
            w.Thread("a", async t => await Both(t, first, second));
            w.Thread("b", async t => await Both(t, second, first));
        }, vps: vps, milliseconds: 5000);
        var note = Assert.Single(result.Notes, note => note.StartsWith("Deadlock", StringComparison.Ordinal));
        Assert.Contains("a waits for a mutex that b holds", note, StringComparison.Ordinal);
        Assert.Contains("b waits for a mutex that a holds", note, StringComparison.Ordinal);
        if (machine == "stock") Assert.True(result.Elapsed < TimeSpan.FromSeconds(4), "the run should end as soon as nothing can happen any more");

        static async UserTask Both(ThreadContext t, UserMutex one, UserMutex other)
        {
            await t.Lock(one);
            await t.Sleep(TimeSpan.FromMilliseconds(5));
            await t.Lock(other);
        }
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_thousand_threads_run_to_their_end(string machine, int vps)
    {
        var count = 0;
        var result = TestRun.On(TestRun.Named(machine), w => w.Thread("parent", async t =>
        {
            var children = Enumerable.Range(0, 1000).Select(i => t.Spawn(async c =>
            {
                if (i % 3 == 0) await c.Yield();
                if (i % 5 == 0) await c.Sleep(TimeSpan.FromMilliseconds(1));
                Interlocked.Increment(ref count);
            })).ToList();
            foreach (var child in children) await t.Join(child);
        }), vps: vps, milliseconds: 5000);
        Assert.Equal(1000, count);
        Assert.All(result.Threads, thread => Assert.Equal(UserThreadState.Finished, thread.State));
    }

    [Theory, MemberData(nameof(Machines))]
    public void Every_event_that_became_due_is_read_once_by_one_of_a_ports_readers(string machine, int vps)
    {
        var read = new List<int>();
        var result = TestRun.On(TestRun.Named(machine), w =>
        {
            var port = w.Port("in", Traffic.At([.. Enumerable.Range(0, 50).Select(i => TimeSpan.FromMilliseconds(i))]));
            w.Threads("reader", 3, async t =>
            {
                while (await t.Read(port) is { } got)
                    lock (read) read.Add(got.Number);
            });
        }, vps: vps, milliseconds: 1000);
        Assert.Equal(Enumerable.Range(0, 50), read.Order());
        Assert.Equal((50L, 50L), (result.Ports[0].Due, result.Ports[0].Handled));
    }
}
