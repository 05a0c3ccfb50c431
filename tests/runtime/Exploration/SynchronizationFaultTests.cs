using SchedulerActivations.CoreThreads;
using SchedulerActivations.Exploration;

namespace SchedulerActivations.Tests.Exploration;

/// <summary>Synchronization objects that are written wrongly: mistakes of the kind that only some orders show.</summary>
public sealed class SynchronizationFaultTests
{
    /// <summary>A gate that opens once. Who finds it shut enters itself as a waiter without looking again, as the core's rules want it to.</summary>
    private sealed class Gate : IWaitable
    {
        private readonly ThreadQueue _waiters = new();
        private readonly HashSet<UserThread> _looked = [];
        private bool _open;

        public bool LooksTwice { get; init; }

        public bool TryTake(UserThread thread) => (_looked.Add(thread) || LooksTwice) && _open;

        public void AddWaiter(UserThread thread) => _waiters.Enqueue(thread);

        public bool RemoveWaiter(VirtualProcessor vp, UserThread thread) => _waiters.Remove(thread);

        public string Describe() => "a gate";

        public void Open(UserThread by)
        {
            using var core = new InCore(by);
            _open = true;
            while (_waiters.Dequeue() is { } waiter) by.Scheduler.Announce(by, waiter);
        }
    }

    private static CheckResult CheckGate(bool looksTwice) => Check.Of(new RoundRobin(), schedules: 500, workload: w =>
    {
        var gate = new Gate { LooksTwice = looksTwice };
        w.Thread("waits", async t => await new WaitOperation(t.Thread, gate, Scheduler.NoDeadline));
        w.Thread("opens", t =>
        {
            gate.Open(t.Thread);
            return default;
        });
    });

    [Fact]
    public void A_wake_up_that_comes_between_the_look_and_the_wait_is_shown_by_a_schedule_of_two_deviations()
    {
        var broken = CheckGate(looksTwice: false).Broken!;
        Assert.Equal("EveryThreadEnds", broken.Rule);
        Assert.Contains("waits waits for a gate", broken.Message, StringComparison.Ordinal);
        // It takes a second virtual processor that goes first for two steps: the thread's own code, and its end.
        Assert.Equal((2, 2), (broken.Run.Experiment.VirtualProcessors, broken.Deviations.Count));
        Assert.Contains("goes on before", broken.Deviations[0], StringComparison.Ordinal);
        Assert.Null(CheckGate(looksTwice: true).Broken);
    }

    /// <summary>A mutex that is left free when it is given back: the waiter that was woken believes to have it.</summary>
    private sealed class Barged : IWaitable
    {
        private readonly ThreadQueue _waiters = new();
        private bool _taken;

        public bool HandsOver { get; init; }

        public bool TryTake(UserThread thread) => !_taken && (_taken = true);

        public void AddWaiter(UserThread thread) => _waiters.Enqueue(thread);

        public bool RemoveWaiter(VirtualProcessor vp, UserThread thread) => _waiters.Remove(thread);

        public string Describe() => "a mutex";

        public void Release(UserThread by)
        {
            using var core = new InCore(by);
            var next = _waiters.Dequeue();
            _taken = HandsOver && next is not null;
            if (next is not null) by.Scheduler.Announce(by, next);
        }
    }

    private static CheckResult CheckMutex(bool handsOver) => Check.Of(new RoundRobin(), schedules: 500, workload: w =>
    {
        var mutex = new Barged { HandsOver = handsOver };
        var inside = 0;
        w.Threads("locks", 3, async t =>
        {
            for (var i = 0; i < 2; i++)
            {
                await new WaitOperation(t.Thread, mutex, Scheduler.NoDeadline);
                if (++inside > 1) throw new InvalidOperationException("two inside");
                await t.Compute(TimeSpan.FromMicroseconds(50));
                inside--;
                mutex.Release(t.Thread);
            }
        });
    });

    [Fact]
    public void A_mutex_that_does_not_exclude_is_found()
    {
        var broken = CheckMutex(handsOver: false).Broken!;
        Assert.Equal("NoThreadFails", broken.Rule);
        Assert.Contains("two inside", broken.Message, StringComparison.Ordinal);
        Assert.Null(CheckMutex(handsOver: true).Broken);
    }

    [Fact]
    public void Of_many_threads_that_do_not_end_it_is_said_how_many_are_left_out()
    {
        var broken = Check.Of(new RoundRobin(), workload: w => w.Threads("stuck", 25, async t => await t.Wait(new UserSemaphore(0)))).Broken!;
        Assert.Equal("EveryThreadEnds", broken.Rule);
        Assert.EndsWith("stuck 10 waits for a semaphore's release; and 15 more.", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deadlock_of_a_workload_is_shown_with_who_waits_for_whom()
    {
        var broken = Check.Of(new RoundRobin(), workload: w =>
        {
            UserMutex[] mutexes = [new(), new()];
            for (var i = 0; i < 2; i++)
            {
                var (first, second) = (mutexes[i], mutexes[1 - i]);
                w.Thread($"takes {i} first", async t =>
                {
                    await t.Lock(first);
                    await t.Lock(second);
                    t.Unlock(second);
                    t.Unlock(first);
                });
            }
        }).Broken!;
        Assert.Equal("EveryThreadEnds", broken.Rule);
        Assert.Contains("takes 0 first waits for a mutex that takes 1 first holds; takes 1 first waits for a mutex that takes 0 first holds", broken.Message, StringComparison.Ordinal);
        Assert.NotEmpty(broken.Deviations);
    }
}
