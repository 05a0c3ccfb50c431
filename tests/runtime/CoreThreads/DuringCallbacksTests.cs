using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>What comes while a policy with a lock for each virtual processor is in a callback, during which the core's lock is free.</summary>
public sealed class DuringCallbacksTests
{
    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>Keeps threads for the virtual processor in their name, where there is one; in its callbacks it does what the test says.</summary>
    public sealed class Told : SchedulingPolicy
    {
        private readonly List<UserThread> _ready = [];

        public static Action<string, UserThread?, int> During { get; set; } = (_, _, _) => { };

        protected internal override PolicyLocking Locking => PolicyLocking.OnePerVirtualProcessor;

        protected internal override void OnCreated(UserThread thread)
        {
            During("OnCreated", thread, Here.Number);
            thread.PolicyData = this;
            if (thread.Name.StartsWith("first", StringComparison.Ordinal)) thread.GoesFirst = true;
        }

        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            During("OnReady", thread, Here.Number);
            if (thread.PolicyData != this) throw new InvalidDataException($"{thread} is ready and was never created.");
            lock (_ready) _ready.Add(thread);
        }

        protected internal override void OnRan(UserThread thread, TimeSpan ran) => During("OnRan", thread, Here.Number);

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp)
        {
            During("FindNextToRun", null, vp.Number);
            lock (_ready)
            {
                var found = _ready.Find(thread => !thread.Name.Contains('@', StringComparison.Ordinal) || thread.Name.EndsWith($"@{vp.Number}", StringComparison.Ordinal));
                if (found is not null) _ready.Remove(found);
                return found;
            }
        }
    }

    // Not for as long as a callback may take.
    private static void Stay(Func<bool> until) => SpinWait.SpinUntil(until, Ms(700));

    private static ExperimentResult Run(
        Action<string, UserThread?, int> during, Action<WorkloadDefinition> define, int vps = 2, SchedulingPolicy? first = null, IReadOnlyList<(double, SchedulingPolicy)>? swaps = null)
    {
        Told.During = during;
        try
        {
            var result = TestRun.On(TestRun.Stock, define, first ?? new Told(), vps, milliseconds: 20_000, swaps: swaps);
            Assert.Null(result.Ejection);
            Assert.All(result.Swaps, swap => Assert.Null(swap.Ejection));
            Assert.All(result.Threads, thread => Assert.Equal((thread.Name, UserThreadState.Finished, null), (thread.Name, thread.State, thread.Exception)));
            return result;
        }
        finally
        {
            Told.During = (_, _, _) => { };
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_thread_that_is_cancelled_while_the_policy_hears_what_it_ran_does_not_wait(bool sleeps)
    {
        var (inside, cancelled, learnt) = (false, false, false);
        Run((callback, thread, _) =>
        {
            if (callback != "OnRan" || thread!.Name != "waits" || inside) return;
            Volatile.Write(ref inside, true);
            Stay(() => Volatile.Read(ref cancelled));
        }, w => w.Thread("cancels", async t =>
        {
            var waits = t.Spawn(async c =>
            {
                try
                {
                    if (sleeps) await c.Sleep(TimeSpan.FromHours(1));
                    else await c.Wait(new UserSemaphore(0));
                }
                catch (UserThreadCancelledException)
                {
                    learnt = true;
                }
            }, "waits");
            while (!Volatile.Read(ref inside)) await t.Compute(Ms(1));
            t.Cancel(waits);
            Volatile.Write(ref cancelled, true);
        }));
        Assert.True(learnt);
    }

    [Fact]
    public void A_thread_that_is_cancelled_while_a_policy_that_has_just_taken_over_hears_what_it_ran_does_not_wait()
    {
        var (heard, inside, cancelled, learnt) = (0, false, false, false);
        Run((callback, thread, _) =>
        {
            if (callback != "OnRan" || thread!.Name != "waits@1") return;
            // In the first policy's the next one takes over, which waits for its end; the cancellation comes in the next one's.
            if (Interlocked.Increment(ref heard) == 1)
            {
                Thread.Sleep(300);
                return;
            }
            Volatile.Write(ref inside, true);
            Stay(() => Volatile.Read(ref cancelled));
        }, w =>
        {
            UserThread? waits = null;
            w.Thread("waits@1", async t =>
            {
                waits = t.Thread;
                try
                {
                    await t.Wait(new UserSemaphore(0));
                }
                catch (UserThreadCancelledException)
                {
                    learnt = true;
                }
            });
            w.Thread("cancels@0", async t =>
            {
                while (!Volatile.Read(ref inside)) await t.Compute(Ms(1));
                t.Cancel(waits!);
                Volatile.Write(ref cancelled, true);
            });
        }, swaps: [(100, new Told())]);
        Assert.True(learnt);
    }

    [Fact]
    public void A_thread_of_whose_creation_the_policy_hears_keeps_the_run_from_ending()
    {
        var ran = false;
        Run((callback, _, _) =>
        {
            if (callback == "OnCreated") Thread.Sleep(100);
        }, w => w.Thread("only", async t =>
        {
            await t.Compute(Ms(1));
            await t.Yield();
            ran = true;
        }));
        Assert.True(ran);
    }

    [Fact]
    public void A_thread_that_is_being_handed_over_is_not_forgotten()
    {
        var semaphore = new UserSemaphore(0);
        var (released, handed, ended) = (false, false, false);
        Run((callback, thread, _) =>
        {
            if (callback != "OnReady" || thread!.Name != "woken@1" || !Volatile.Read(ref released)) return;
            Volatile.Write(ref handed, true);
            Stay(() => Volatile.Read(ref ended));
            Thread.Sleep(100);
        }, w =>
        {
            w.Thread("woken@1", async t => await t.Wait(semaphore));
            w.Thread("busy@0", async t => await t.Compute(Ms(150)));
            w.Thread("wakes@0", async t =>
            {
                Volatile.Write(ref released, true);
                t.Release(semaphore);
                while (!Volatile.Read(ref handed)) await t.Compute(Ms(1));
                Volatile.Write(ref ended, true);
            });
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_that_goes_first_is_run_by_a_processor_for_which_the_policy_is_asked_meanwhile(bool finds)
    {
        var semaphore = new UserSemaphore(0);
        var (released, ended, asked, announced) = (false, false, false, false);
        var (ran, inTime, done) = (false, false, false);
        Run((callback, _, vp) =>
        {
            if (callback != "FindNextToRun" || vp != 1 || !Volatile.Read(ref ended) || asked) return;
            Volatile.Write(ref asked, true);
            Stay(() => Volatile.Read(ref announced));
        }, w =>
        {
            w.Thread("first", async t =>
            {
                await t.Wait(semaphore);
                ran = true;
            });
            w.Thread("first long@0", async t =>
            {
                Volatile.Write(ref released, true);
                while (!Volatile.Read(ref asked)) await t.Compute(Ms(1));
                t.Release(semaphore);
                await t.Compute(Ms(1));
                Volatile.Write(ref announced, true);
                inTime = TestRun.Comes(() => Volatile.Read(ref ran));
                Volatile.Write(ref done, true);
            });
            w.Thread("short@1", async t =>
            {
                while (!Volatile.Read(ref released)) await t.Compute(Ms(1));
                Volatile.Write(ref ended, true);
            });
            if (!finds) return;
            w.Thread("found@1", async t =>
            {
                while (!Volatile.Read(ref done)) await t.Compute(Ms(1));
            });
        });
        Assert.True(inTime);
    }

    [Fact]
    public void A_policy_that_takes_over_hears_of_each_thread_that_it_was_created_before_it_hears_that_it_is_ready()
    {
        var calls = 0;
        Run((callback, _, _) =>
        {
            if (callback == "OnCreated" && Interlocked.Increment(ref calls) == 1) Thread.Sleep(100);
        }, w => w.Threads("busy", 4, async t =>
        {
            for (var i = 0; i < 200; i++) await t.Compute(Ms(1));
        }), first: new RoundRobin(), swaps: [(50, new Told())]);
    }

    [Fact]
    public void A_policy_that_takes_over_is_asked_by_all_that_idle()
    {
        var (ran, inTime, done) = (0, false, false);
        Run((callback, _, _) =>
        {
            if (callback == "OnCreated") Thread.Sleep(30);
        }, w =>
        {
            w.Thread("long@0", async t =>
            {
                inTime = TestRun.Comes(() => Volatile.Read(ref ran) == 2);
                Volatile.Write(ref done, true);
            });
            for (var i = 0; i < 2; i++)
            {
                w.Thread("short", async t =>
                {
                    Interlocked.Increment(ref ran);
                    while (!Volatile.Read(ref done)) await t.Compute(Ms(1));
                });
            }
        }, vps: 3, first: new KeepsAll(), swaps: [(100, new Told())]);
        Assert.True(inTime);
    }

    /// <summary>Keeps every thread for the first virtual processor.</summary>
    public sealed class KeepsAll : SchedulingPolicy
    {
        private readonly ThreadQueue _ready = new();

        protected internal override void OnReady(UserThread thread, ReadyReason reason) => _ready.Enqueue(thread);

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => vp.Number == 0 ? _ready.Dequeue() : null;
    }
}
