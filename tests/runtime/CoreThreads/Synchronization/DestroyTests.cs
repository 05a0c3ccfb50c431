using SchedulerActivations.CoreThreads;
using SchedulerActivations.Tests.Exploration;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>Destroying what threads wait for each other with: not while it is in use, and not used after that.</summary>
public sealed class DestroyTests : OnBothMachines
{
    private static readonly Dictionary<string, (Func<SynchronizationObject> Make, Func<ThreadContext, SynchronizationObject, UserTask> Use)> Objects = new()
    {
        ["mutex"] = (() => new UserMutex(), async (t, o) => await t.Lock((UserMutex)o)),
        ["mutex with a time-out"] = (() => new UserMutex(), async (t, o) => await t.Lock((UserMutex)o, Ms(1))),
        ["mutex that is tried"] = (() => new UserMutex(), (t, o) => Do(() => t.TryLock((UserMutex)o))),
        ["mutex that is given back"] = (() => new UserMutex(), (t, o) => Do(() => t.Unlock((UserMutex)o))),
        ["condition"] = (() => new UserConditionVariable(new UserMutex()), WaitAsync),
        ["condition that is signalled"] = (() => new UserConditionVariable(new UserMutex()), (t, o) => Do(() => t.Signal((UserConditionVariable)o))),
        ["condition that is broadcast"] = (() => new UserConditionVariable(new UserMutex()), (t, o) => Do(() => t.Broadcast((UserConditionVariable)o))),
        ["semaphore"] = (() => new UserSemaphore(1), async (t, o) => await t.Wait((UserSemaphore)o)),
        ["semaphore that is released"] = (() => new UserSemaphore(1), (t, o) => Do(() => t.Release((UserSemaphore)o))),
        ["reader"] = (() => new UserReaderWriterLock(), async (t, o) => await t.LockForReading((UserReaderWriterLock)o)),
        ["writer"] = (() => new UserReaderWriterLock(), async (t, o) => await t.LockForWriting((UserReaderWriterLock)o)),
        ["barrier"] = (() => new UserBarrier(1), async (t, o) => await t.Wait((UserBarrier)o)),
        ["latch"] = (() => new UserLatch(0), async (t, o) => await t.Wait((UserLatch)o)),
        ["latch that is counted down"] = (() => new UserLatch(1), (t, o) => Do(() => t.CountDown((UserLatch)o))),
        ["nothing but a second destruction"] = (() => new UserLatch(1), (t, o) => Do(() => t.Destroy(o))),
    };

    private static async UserTask WaitAsync(ThreadContext t, SynchronizationObject condition)
    {
        await t.Lock(((UserConditionVariable)condition).Mutex);
        await t.Wait((UserConditionVariable)condition);
    }

    private static UserTask Do(Action action)
    {
        action();
        return default;
    }

    [Theory, MemberData(nameof(Machines))]
    public void What_is_used_after_it_was_destroyed_is_an_error_of_the_thread_that_uses_it(string machine, int vps)
    {
        var result = Run(machine, vps, w =>
        {
            foreach (var (name, (make, use)) in Objects)
            {
                w.Thread(name, async t =>
                {
                    var synchronization = make();
                    t.Destroy(synchronization);
                    Assert.True(synchronization.IsDestroyed);
                    await use(t, synchronization);
                });
            }
            w.Thread("works", async t => await t.Compute(Ms(1)));
        });
        Assert.Equal([.. Enumerable.Repeat("ObjectDisposedException", Objects.Count), null], Errors(result));
        Assert.All(result.Threads, thread => Assert.Equal(UserThreadState.Finished, thread.State));
        Assert.Contains("The UserMutex was destroyed and cannot be used any more", result.Threads[0].Exception, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Machines))]
    public void What_is_in_use_is_not_destroyed_and_goes_on_working(string machine, int vps)
    {
        var mutex = new UserMutex();
        var condition = new UserConditionVariable(mutex);
        var (semaphore, latch, barrier, rwLock) = (new UserSemaphore(0), new UserLatch(1), new UserBarrier(2), new UserReaderWriterLock());
        var reached = 0;
        RunWell(machine, vps, async t =>
        {
            async UserTask HoldAndWait(ThreadContext c)
            {
                await c.LockForReading(rwLock);
                Volatile.Write(ref reached, 1);
                await c.Wait(latch);
                Volatile.Write(ref reached, 2);
                await c.Wait(semaphore);
                Volatile.Write(ref reached, 3);
                await c.Wait(barrier);
                await c.Lock(mutex);
                Volatile.Write(ref reached, 4);
                await c.Wait(condition);
                c.Unlock(mutex);
                c.Unlock(rwLock);
            }
            var user = t.Spawn(HoldAndWait, "user");
            async UserTask Refused(int place, SynchronizationObject synchronization, string use)
            {
                while (Volatile.Read(ref reached) < place || user.State != UserThreadState.Blocked) await t.Sleep(Ms(1));
                var error = Assert.Throws<SynchronizationLockException>(() => t.Destroy(synchronization));
                Assert.Contains(use, error.Message, StringComparison.Ordinal);
                Assert.False(synchronization.IsDestroyed);
            }
            await Refused(1, latch, "user waits for it");
            await Refused(1, rwLock, "user holds it for reading");
            t.CountDown(latch);
            await Refused(2, semaphore, "user waits for it");
            t.Release(semaphore);
            await Refused(3, barrier, "user waits for it");
            await t.Lock(mutex);
            await Refused(3, mutex, "main holds it");
            await t.Wait(barrier);
            t.Unlock(mutex);
            await Refused(4, condition, "user waits for it");
            t.Signal(condition);
            await t.Join(user);
            foreach (var synchronization in new SynchronizationObject[] { mutex, condition, semaphore, latch, barrier, rwLock }) t.Destroy(synchronization);
        });
    }

    [Fact]
    public void Whoever_comes_between_a_wait_and_a_destruction_gets_the_object_or_an_error_and_nobody_waits_for_ever()
    {
        var result = Check.Of(new RoundRobin(), schedules: 800, workload: w =>
        {
            var (mutex, semaphore, barrier, rwLock) = (new UserMutex(), new UserSemaphore(0), new UserBarrier(2), new UserReaderWriterLock());
            async UserTask Use(Func<UserTask> use)
            {
                try { await use(); }
                catch (ObjectDisposedException) { }
            }
            w.Threads("locks", 2, t => Use(async () =>
            {
                await t.Lock(mutex);
                t.Unlock(mutex);
            }));
            w.Threads("locks within a time", 2, t => Use(async () =>
            {
                if (await t.Lock(mutex, Ms(1))) t.Unlock(mutex);
            }));
            w.Thread("reads", t => Use(async () =>
            {
                await t.LockForReading(rwLock);
                t.Unlock(rwLock);
            }));
            w.Thread("takes", t => Use(async () => await t.Wait(semaphore)));
            w.Thread("gives", t => Use(() => Do(() => t.Release(semaphore))));
            w.Thread("destroys", async t =>
            {
                foreach (var synchronization in new SynchronizationObject[] { mutex, rwLock, semaphore })
                {
                    while (!synchronization.IsDestroyed)
                    {
                        try { t.Destroy(synchronization); }
                        catch (SynchronizationLockException) { }
                        await t.Yield();
                    }
                }
            });
        });
        Assert.True(result.Broken is null, result.ToString());
    }
}
