using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Policies;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>No thread that can run waits for a virtual processor that computes while another one, which would run it, idles.</summary>
public sealed class IdleProcessorsTests
{
    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    [Theory]
    [InlineData("simulated")]
    [InlineData("stock")]
    public void The_one_for_which_the_policy_keeps_a_thread_is_asked_though_others_idle_too(string machine)
    {
        var (ran, inTime) = (false, false);
        var result = TestRun.On(TestRun.Named(machine), w =>
        {
            var semaphore = new UserSemaphore(0);
            w.Thread("kept@3", async t =>
            {
                await t.Wait(semaphore);
                ran = true;
            });
            w.Thread("busy@0", async t =>
            {
                await t.Compute(Ms(50));
                t.Release(semaphore);
                for (var i = 0; i < 400; i++) await t.Compute(Ms(1));
                inTime = ran;
            });
        }, new Marcel(), vps: 4, milliseconds: 5000);
        Assert.Null(result.Ejection);
        Assert.True(inTime);
    }

    [Theory]
    [InlineData("simulated")]
    [InlineData("stock")]
    public void One_that_is_woken_by_a_thread_is_not_said_to_hear_of_it_by_an_upcall(string machine)
    {
        var result = TestRun.On(TestRun.Named(machine), w =>
        {
            var (there, back) = (new UserChannel<int>(0), new UserChannel<int>(0));
            w.Thread("ping", async t =>
            {
                var sleeper = t.Spawn(async c => await c.Sleep(TimeSpan.FromHours(1)));
                for (var i = 0; i < 50; i++)
                {
                    await t.Send(there, i);
                    await t.Receive(back);
                }
                t.Cancel(sleeper);
            });
            w.Thread("pong", async t =>
            {
                for (var i = 0; i < 50; i++)
                {
                    await t.Receive(there);
                    await t.Send(back, i);
                }
            });
        }, vps: 2, milliseconds: 5000);
        Assert.All(result.Threads, thread => Assert.Equal(UserThreadState.Finished, thread.State));
        // Of a hundred wake-ups; a real thread may block now and then without having said so.
        Assert.InRange(result.Counters["upcalls unblock"], 0, machine == "stock" ? 20 : 0);
    }

    [Fact]
    public void One_that_idles_takes_over_a_new_thread_of_one_that_computes()
    {
        var (ran, inTime) = (false, false);
        TestRun.On(TestRun.Stock, w =>
        {
            w.Thread("short", async t => await t.Compute(Ms(60)));
            w.Thread("long", async t =>
            {
                await t.Compute(Ms(40));
                t.Spawn(_ =>
                {
                    ran = true;
                    return default;
                });
                inTime = TestRun.Comes(() => Volatile.Read(ref ran));
            });
        }, vps: 2, milliseconds: 5000);
        Assert.True(inTime);
    }

    /// <summary>Keeps threads for the virtual processor in their name, for some time.</summary>
    public sealed class Keeps : SchedulingPolicy
    {
        private readonly List<UserThread> _ready = [];

        public double Milliseconds { get; set; }

        public bool ReadersGoFirst { get; set; }

        protected internal override void OnBlocked(UserThread thread, BlockReason reason)
        {
            if (ReadersGoFirst && reason == BlockReason.SystemCall) thread.GoesFirst = true;
        }

        protected internal override void OnReady(UserThread thread, ReadyReason reason) => _ready.Add(thread);

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp)
        {
            var found = _ready.Find(thread => Now.TotalMilliseconds >= Milliseconds || thread.Name.EndsWith($"@{vp.Number}", StringComparison.Ordinal));
            if (found is not null) _ready.Remove(found);
            return found;
        }
    }

    [Fact]
    public void One_that_idles_takes_over_a_woken_thread_of_one_that_computes()
    {
        var (ran, inTime) = (false, false);
        TestRun.On(TestRun.Stock, w =>
        {
            var port = w.Port("port", Traffic.At(Ms(100)));
            w.Thread("long@0", async t =>
            {
                await t.Sleep(Ms(60));
                inTime = TestRun.Comes(() => Volatile.Read(ref ran));
            });
            w.Thread("short@1", async t =>
            {
                await t.Sleep(Ms(60));
                await t.Compute(Ms(50));
            });
            w.Thread("reader@0", async t =>
            {
                await t.Read(port);
                ran = true;
            });
        }, new Keeps { Milliseconds = 80 }, vps: 2, milliseconds: 5000);
        Assert.True(inTime);
    }

    [Fact]
    public void One_that_idles_wakes_a_sleeper_that_fell_asleep_later()
    {
        var (ran, inTime) = (false, false);
        TestRun.On(TestRun.Stock, w =>
        {
            w.Thread("sleeper@0", async t =>
            {
                await t.Compute(Ms(20));
                await t.Sleep(Ms(150));
                ran = true;
            });
            w.Thread("long@0", async t =>
            {
                inTime = TestRun.Comes(() => Volatile.Read(ref ran));
            });
        }, new Keeps { Milliseconds = 100 }, vps: 2, milliseconds: 5000);
        Assert.True(inTime);
    }

    [Fact]
    public void One_that_idles_wakes_a_sleeper_of_one_that_a_thread_which_goes_first_keeps_busy()
    {
        var (ran, inTime) = (false, false);
        TestRun.On(TestRun.Stock, w =>
        {
            var port = w.Port("port", Traffic.At(Ms(10), Ms(150)));
            w.Thread("sleeper@0", async t =>
            {
                await t.Sleep(Ms(50));
                await t.Compute(Ms(30));
                await t.Sleep(Ms(100));
                ran = true;
            });
            w.Thread("reader@0", async t =>
            {
                await t.Read(port);
                await t.Read(port);
                inTime = TestRun.Comes(() => Volatile.Read(ref ran));
            });
        }, new Keeps { Milliseconds = 140, ReadersGoFirst = true }, vps: 2, milliseconds: 5000);
        Assert.True(inTime);
    }

    [Fact]
    public void One_that_idles_comes_though_a_mutex_was_passed_on_to_a_thread_that_had_run_there()
    {
        var (mutex, semaphore) = (new UserMutex(passesPriority: true), new UserSemaphore(0));
        var condition = new UserConditionVariable(mutex);
        var (ran, inTime) = (false, false);
        TestRun.On(TestRun.Stock, w =>
        {
            w.Thread("waits@2", async t =>
            {
                await t.Lock(mutex);
                await t.Wait(condition);
                t.Unlock(mutex);
            }, priority: 5);
            w.Thread("woken@2", async t =>
            {
                await t.Wait(semaphore);
                ran = true;
            });
            w.Thread("holds@0", async t =>
            {
                await t.Sleep(Ms(100));
                await t.Lock(mutex);
                for (var i = 0; i < 200; i++)
                {
                    await t.Compute(Ms(1));
                    await t.Yield();
                }
                t.Unlock(mutex);
            });
            w.Thread("long@0", async t =>
            {
                await t.Sleep(Ms(150));
                t.Signal(condition);
                t.Release(semaphore);
                inTime = TestRun.Comes(() => Volatile.Read(ref ran));
            });
        }, new Keeps { Milliseconds = 100_000 }, vps: 3, milliseconds: 20_000);
        Assert.True(inTime);
    }

    /// <summary>Keeps threads for the virtual processor in their name until they have yielded or come back from the kernel; takes its time to find some.</summary>
    public sealed class Slow : SchedulingPolicy
    {
        private readonly List<UserThread> _ready = [];

        public string FindsLate { get; set; } = "";

        public double Until { get; set; }

        protected internal override void OnBlocked(UserThread thread, BlockReason reason)
        {
            if (thread.Name.StartsWith("first", StringComparison.Ordinal)) thread.GoesFirst = true;
        }

        protected internal override void OnReady(UserThread thread, ReadyReason reason) => _ready.Add(thread);

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp)
        {
            var found = _ready.Find(thread => thread.ReadyReason is ReadyReason.Yielded or ReadyReason.Unblocked || thread.Name.EndsWith($"@{vp.Number}", StringComparison.Ordinal));
            if (found is null) return null;
            _ready.Remove(found);
            while (found.Name == FindsLate && Now.TotalMilliseconds < Until) Thread.Sleep(1);
            return found;
        }
    }

    [Fact]
    public void One_that_idles_takes_over_from_one_that_came_and_found_a_thread_that_goes_first()
    {
        var (ran, inTime, done) = (false, false, false);
        TestRun.On(TestRun.Stock, w =>
        {
            var port = w.Port("port", Traffic.At(Ms(200)));
            w.Thread("yields@0", async t =>
            {
                await t.Compute(Ms(20));
                await t.Yield();
                ran = true;
            });
            w.Thread("long@0", async t =>
            {
                inTime = TestRun.Comes(() => Volatile.Read(ref ran));
                Volatile.Write(ref done, true);
            });
            w.Thread("first@1", async t =>
            {
                await t.Read(port);
                while (!Volatile.Read(ref done)) await t.Compute(Ms(1));
            });
        }, new Slow { FindsLate = "long@0", Until = 400 }, vps: 3, milliseconds: 20_000);
        Assert.True(inTime);
    }

    [Fact]
    public void One_that_idles_takes_over_what_comes_to_one_that_is_about_to_run_another_thread()
    {
        var semaphore = new UserSemaphore(0);
        var (reads, ran, inTime, done) = (false, false, false, false);
        TestRun.On(TestRun.Stock, w =>
        {
            var port = w.Port("port", Traffic.At(Ms(250)));
            w.Thread("long@1", async t =>
            {
                await t.Wait(semaphore);
                inTime = TestRun.Comes(() => Volatile.Read(ref ran));
                Volatile.Write(ref done, true);
            });
            w.Thread("reader@1", async t =>
            {
                Volatile.Write(ref reads, true);
                await t.Read(port);
                ran = true;
            });
            w.Thread("busy@0", async t =>
            {
                while (!Volatile.Read(ref reads)) await t.Compute(Ms(1));
                await t.Compute(Ms(50));
                t.Release(semaphore);
                while (!Volatile.Read(ref done)) await t.Compute(Ms(1));
            });
        }, new Slow { FindsLate = "long@1", Until = 450 }, vps: 3, milliseconds: 20_000);
        Assert.True(inTime);
    }
}
