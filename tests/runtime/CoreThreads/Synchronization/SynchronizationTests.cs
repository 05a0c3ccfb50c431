using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>What user threads wait for each other with does what POSIX says of it.</summary>
public sealed class SynchronizationTests : OnBothMachines
{
    [Theory, MemberData(nameof(Machines))]
    public void A_signal_wakes_the_thread_that_has_waited_longest_and_a_broadcast_all(string machine, int vps)
    {
        var mutex = new UserMutex();
        var condition = new UserConditionVariable(mutex);
        var (turns, woken, inside) = (0, new List<int>(), 0);
        RunWell(machine, vps, async t =>
        {
            var waiters = new List<UserThread>();
            for (var i = 0; i < 5; i++)
            {
                var number = i;
                waiters.Add(t.Spawn(async c =>
                {
                    await c.Lock(mutex);
                    turns++;
                    await c.Wait(condition);
                    Assert.Equal(c.Thread, mutex.Owner);
                    Assert.Equal(1, ++inside);
                    woken.Add(number);
                    await c.Yield();
                    inside--;
                    c.Unlock(mutex);
                }));
                while (Volatile.Read(ref turns) <= i) await t.Yield();
            }
            await t.Lock(mutex);
            t.Signal(condition);
            t.Unlock(mutex);
            await t.Join(waiters[0]);
            await t.Lock(mutex);
            Assert.Equal([0], woken);
            t.Broadcast(condition);
            t.Unlock(mutex);
            await JoinAll(t, waiters);
            t.Signal(condition);
        });
        Assert.Equal([0, 1, 2, 3, 4], woken);
    }

    [Theory, MemberData(nameof(Machines))]
    public void Producers_and_consumers_meet_at_condition_variables(string machine, int vps)
    {
        var mutex = new UserMutex();
        var (notEmpty, notFull) = (new UserConditionVariable(mutex), new UserConditionVariable(mutex));
        var (queue, sum) = (new Queue<int>(), 0);
        RunWell(machine, vps, async t => await JoinAll(t, [
            .. Enumerable.Range(0, 3).Select(_ => t.Spawn(async p =>
            {
                for (var i = 1; i <= 40; i++)
                {
                    await p.Lock(mutex);
                    while (queue.Count == 2) await p.Wait(notFull);
                    queue.Enqueue(i);
                    p.Signal(notEmpty);
                    p.Unlock(mutex);
                }
            })),
            .. Enumerable.Range(0, 2).Select(_ => t.Spawn(async c =>
            {
                for (var i = 1; i <= 60; i++)
                {
                    await c.Lock(mutex);
                    while (queue.Count == 0) await c.Wait(notEmpty);
                    sum += queue.Dequeue();
                    c.Signal(notFull);
                    c.Unlock(mutex);
                }
            }))]));
        Assert.Equal(3 * 40 * 41 / 2, sum);
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_semaphore_lets_as_many_in_as_it_has_units(string machine, int vps)
    {
        var semaphore = new UserSemaphore(3, maximum: 3);
        var (inside, most) = (0, 0);
        RunWell(machine, vps, async t => await JoinAll(t, [.. Enumerable.Range(0, 8).Select(_ => t.Spawn(async c =>
        {
            for (var i = 0; i < 10; i++)
            {
                await c.Wait(semaphore);
                var now = Interlocked.Increment(ref inside);
                if (now > Volatile.Read(ref most)) Volatile.Write(ref most, now);
                await c.Sleep(Ms(0.2));
                Interlocked.Decrement(ref inside);
                c.Release(semaphore);
            }
        }))]));
        Assert.Equal((3, 3), (most, semaphore.Count));
    }

    [Theory, MemberData(nameof(Machines))]
    public void Readers_read_together_a_writer_writes_alone_and_neither_starves(string machine, int vps)
    {
        var rwLock = new UserReaderWriterLock();
        var (readers, writers, most, writes, stop) = (0, 0, 0, 0, false);
        RunWell(machine, vps, async t => await JoinAll(t, [
            .. Enumerable.Range(0, 4).Select(_ => t.Spawn(async r =>
            {
                // Readers overlap all the time: only the rule lets the writers in.
                while (!Volatile.Read(ref stop))
                {
                    await r.LockForReading(rwLock);
                    var now = Interlocked.Increment(ref readers);
                    if (now > Volatile.Read(ref most)) Volatile.Write(ref most, now);
                    Assert.Equal(0, Volatile.Read(ref writers));
                    await r.Sleep(Ms(0.3));
                    Interlocked.Decrement(ref readers);
                    r.Unlock(rwLock);
                }
            })),
            .. Enumerable.Range(0, 2).Select(_ => t.Spawn(async w =>
            {
                for (var i = 0; i < 10; i++)
                {
                    await w.LockForWriting(rwLock);
                    Assert.Equal(1, Interlocked.Increment(ref writers));
                    Assert.Equal(0, Volatile.Read(ref readers));
                    await w.Yield();
                    Interlocked.Decrement(ref writers);
                    w.Unlock(rwLock);
                    if (Interlocked.Increment(ref writes) == 20) Volatile.Write(ref stop, true);
                }
            }))]));
        Assert.True(most > 1, "readers should overlap");
        Assert.Equal((20, 0, (UserThread?)null), (writes, rwLock.Readers, rwLock.Writer));
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_writer_that_gives_up_lets_the_readers_behind_it_pass(string machine, int vps)
    {
        var rwLock = new UserReaderWriterLock();
        var got = true;
        RunWell(machine, vps, async t =>
        {
            await t.LockForReading(rwLock);
            var writer = t.Spawn(async w => got = await w.LockForWriting(rwLock, Ms(20)));
            await t.Sleep(Ms(5));
            var reader = t.Spawn(async r =>
            {
                await r.LockForReading(rwLock);
                r.Unlock(rwLock);
            });
            await t.Join(reader);
            await t.Join(writer);
            t.Unlock(rwLock);
        });
        Assert.False(got);
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_barrier_is_passed_together_and_one_of_each_round_is_told(string machine, int vps)
    {
        var barrier = new UserBarrier(4);
        var (arrived, serial, early) = (0, 0, 0);
        RunWell(machine, vps, async t => await JoinAll(t, [.. Enumerable.Range(0, 4).Select(_ => t.Spawn(async c =>
        {
            for (var round = 1; round <= 10; round++)
            {
                Interlocked.Increment(ref arrived);
                if (await c.Wait(barrier)) Interlocked.Increment(ref serial);
                if (Volatile.Read(ref arrived) < 4 * round) Interlocked.Increment(ref early);
            }
        }))]));
        Assert.Equal((40, 10, 0), (arrived, serial, early));
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_latch_opens_when_it_is_counted_down_and_stays_open(string machine, int vps)
    {
        var latch = new UserLatch(3);
        var passed = 0;
        RunWell(machine, vps, async t =>
        {
            var waiters = Enumerable.Range(0, 3).Select(_ => t.Spawn(async c =>
            {
                await c.Wait(latch);
                Assert.Equal(0, latch.Count);
                Interlocked.Increment(ref passed);
            })).ToList();
            t.CountDown(latch, 2);
            Assert.False(await t.Wait(latch, Ms(1)));
            t.CountDown(latch);
            await JoinAll(t, waiters);
            await t.Wait(latch);
        });
        Assert.Equal(3, passed);
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_wait_ends_with_its_time(string machine, int vps)
    {
        var mutex = new UserMutex();
        var condition = new UserConditionVariable(mutex);
        var semaphore = new UserSemaphore(0);
        var waited = TimeSpan.Zero;
        RunWell(machine, vps, async t =>
        {
            await t.Lock(mutex);
            var start = t.Now;
            Assert.False(await t.Wait(condition, Ms(10)));
            Assert.Equal(t.Thread, mutex.Owner);
            waited = t.Now - start;
            Assert.False(await t.Wait(semaphore, TimeSpan.Zero));
            Assert.False(await t.Wait(semaphore, Ms(2)));
            var other = t.Spawn(async c =>
            {
                Assert.False(c.TryLock(mutex));
                Assert.False(await c.Lock(mutex, Ms(5)));
                Assert.True(await c.Lock(mutex, TimeSpan.FromDays(100_000)));
                c.Unlock(mutex);
            });
            await t.Sleep(Ms(20));
            t.Unlock(mutex);
            await t.Join(other);
            t.Release(semaphore);
            Assert.True(await t.Wait(semaphore, Timeout.InfiniteTimeSpan));
            Assert.False(t.TryWait(semaphore));
        });
        Assert.InRange(waited, Ms(10), Ms(1000));
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_wait_for_a_condition_gives_the_mutex_back_however_short_it_is(string machine, int vps)
    {
        var mutex = new UserMutex();
        var condition = new UserConditionVariable(mutex);
        var (changed, looks) = (false, 0);
        RunWell(machine, vps, async t =>
        {
            await t.Lock(mutex);
            var other = t.Spawn(async c =>
            {
                await c.Lock(mutex);
                changed = true;
                c.Unlock(mutex);
            });
            while (other.State != UserThreadState.Blocked) await t.Sleep(Ms(1));
            while (!changed && ++looks < 10) Assert.False(await t.Wait(condition, TimeSpan.Zero));
            Assert.Equal(t.Thread, mutex.Owner);
            t.Unlock(mutex);
        });
        Assert.Equal((true, 1), (changed, looks));
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_time_out_and_what_was_waited_for_may_come_together_and_nothing_is_lost(string machine, int vps)
    {
        var semaphore = new UserSemaphore(0);
        var (taken, given) = (0, 0);
        RunWell(machine, vps, async t =>
        {
            var waiters = Enumerable.Range(1, 20).Select(i => t.Spawn(async c =>
            {
                for (var round = 0; round < 10; round++)
                    if (await c.Wait(semaphore, Ms(0.05 * i))) Interlocked.Increment(ref taken);
            })).ToList();
            for (var i = 0; i < 60; i++)
            {
                await t.Sleep(Ms(0.05));
                t.Release(semaphore);
                given++;
            }
            await JoinAll(t, waiters);
        });
        Assert.Equal(given, taken + semaphore.Count);
    }

    [Theory, MemberData(nameof(Machines))]
    public void Misuse_is_an_error_of_the_thread_that_errs(string machine, int vps)
    {
        var result = Run(machine, vps, w =>
        {
            w.Thread("waits without the mutex", async t => await t.Wait(new UserConditionVariable(new UserMutex())));
            w.Thread("reads while it writes", async t =>
            {
                var rwLock = new UserReaderWriterLock();
                await t.LockForWriting(rwLock);
                await t.LockForReading(rwLock);
            });
            w.Thread("writes while it reads", async t =>
            {
                var rwLock = new UserReaderWriterLock();
                await t.LockForReading(rwLock);
                await t.LockForReading(rwLock);
                await t.LockForWriting(rwLock);
            });
            w.Thread("gives back what it does not hold", t =>
            {
                t.Unlock(new UserReaderWriterLock());
                return default;
            });
            w.Thread("releases too much", t =>
            {
                t.Release(new UserSemaphore(1, 2), 2);
                return default;
            });
            w.Thread("releases nothing", t =>
            {
                t.Release(new UserSemaphore(1), 0);
                return default;
            });
            w.Thread("counts below 0", t =>
            {
                t.CountDown(new UserLatch(1), 2);
                return default;
            });
            w.Thread("waits for less than no time", async t => await t.Wait(new UserSemaphore(1), Ms(-2)));
            w.Thread("waits for nothing", async t => await t.Lock(null!));
            w.Thread("works", async t => await t.Compute(Ms(1)));
        });
        Assert.Equal(
            ["SynchronizationLockException", "SynchronizationLockException", "SynchronizationLockException", "SynchronizationLockException", "SemaphoreFullException",
                "ArgumentOutOfRangeException", "InvalidOperationException", "ArgumentOutOfRangeException", "ArgumentNullException", null],
            Errors(result));
        Assert.All(result.Threads, thread => Assert.Equal(UserThreadState.Finished, thread.State));
    }

    [Fact]
    public void Negative_counts_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new UserSemaphore(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UserSemaphore(3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UserLatch(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UserBarrier(0));
        Assert.Throws<ArgumentNullException>(() => new UserConditionVariable(null!));
    }

    [Theory, MemberData(nameof(Machines))]
    public void The_report_of_a_deadlock_says_how_many_threads_it_leaves_out(string machine, int vps)
    {
        var result = Run(machine, vps, w => w.Threads("stuck", 25, async t => await t.Wait(new UserSemaphore(0))), milliseconds: 2000);
        Assert.EndsWith("stuck 10 waits for a semaphore's release; and 15 more.", Assert.Single(result.Notes, note => note.StartsWith("Deadlock", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_deadlock_is_reported_with_what_each_thread_waits_for(string machine, int vps)
    {
        var (mutex, rwLock) = (new UserMutex(), new UserReaderWriterLock());
        var result = Run(machine, vps, w =>
        {
            w.Thread("ends with a mutex", async t => await t.Lock(mutex));
            w.Thread("a", async t =>
            {
                await t.LockForReading(rwLock);
                await t.Sleep(Ms(5));
                await t.Lock(mutex);
            });
            w.Thread("b", async t =>
            {
                await t.Sleep(Ms(5));
                await t.LockForWriting(rwLock);
            });
            w.Thread("c", async t => await t.Wait(new UserSemaphore(0)));
            w.Thread("d", async t => await t.Wait(new UserBarrier(3)));
            w.Thread("e", async t => await t.Wait(new UserLatch(2)));
            w.Thread("f", async t =>
            {
                var own = new UserMutex();
                await t.Lock(own);
                await t.Wait(new UserConditionVariable(own));
            });
        }, milliseconds: 2000);
        Assert.Equal(
            "Deadlock: a waits for a mutex that ends with a mutex held when it ended; b waits for a reader-writer lock that a holds for reading; c waits for a semaphore's release; "
            + "d waits for a barrier to which 1 of 3 have come; e waits for a latch that lacks 2; f waits for a signal to a condition variable.",
            Assert.Single(result.Notes, note => note.StartsWith("Deadlock", StringComparison.Ordinal)));
    }
}
