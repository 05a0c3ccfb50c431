using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>Threads that a policy has declared to go first: the core runs them without asking it.</summary>
public sealed class FirstThreadsTests
{
    public static TheoryData<string, int> Machines => new() { { "simulated", 1 }, { "simulated", 2 }, { "stock", 1 }, { "stock", 2 } };

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static ExperimentResult Run(
        string machine, int vps, Action<WorkloadDefinition> define, SchedulingPolicy policy, bool tracing = true, (double, SchedulingPolicy)[]? swaps = null) =>
        TestRun.On(TestRun.Named(machine), define, policy, vps, milliseconds: 5000, tracing: tracing, swaps: swaps);

    // Computing threads, one that reads, and one that waits for it: those two are declared.
    private static Action<WorkloadDefinition> Answering(int computing) => w =>
    {
        var (answered, ended) = (new UserSemaphore(0), false);
        var port = w.Port("in", Traffic.At([.. Enumerable.Range(1, 10).Select(i => Ms(3 * i))]));
        w.Thread("first: reads", async t =>
        {
            while (await t.Read(port) is not null) t.Release(answered);
        });
        w.Thread("first: waits", async t =>
        {
            for (var i = 0; i < 10; i++) await t.Wait(answered);
            ended = true;
        });
        w.Threads("computes", computing, async t =>
        {
            // Where the computer is busy the events may be over before this begins.
            for (var turn = 0; turn < 50 || !ended; turn++)
            {
                await t.Compute(Ms(0.1));
                await t.Yield();
            }
        });
    };

    /// <summary>Declares threads by their names. It must not hear of one that has waited, but where that was ready when it took over.</summary>
    public class Declaring : SchedulingPolicy
    {
        private readonly ThreadQueue _ready = new();
        private bool _picks;

        /// <summary>Throws when it has been told so often of a thread that is ready.</summary>
        public int ThrowsAfter { get; set; } = int.MaxValue;

        protected internal override void OnCreated(UserThread thread) => thread.GoesFirst = thread.Name.StartsWith("first", StringComparison.Ordinal);

        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            if (--ThrowsAfter == 0) throw new InvalidDataException("enough");
            if (_picks && thread.GoesFirst && reason is ReadyReason.Unblocked or ReadyReason.Signaled) throw new InvalidDataException($"asked about {thread}");
            _ready.Enqueue(thread);
        }

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp)
        {
            _picks = true;
            return _ready.Dequeue();
        }
    }

    [Theory, MemberData(nameof(Machines))]
    public void The_policy_is_not_asked_about_one_that_has_waited(string machine, int vps)
    {
        var result = Run(machine, vps, Answering(computing: 3), new Declaring());
        Assert.Null(result.Ejection);
        Assert.Equal(10, result.Ports[0].Handled);
        Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));
    }

    [Fact]
    public void It_has_its_turn_among_threads_that_only_yield()
    {
        var result = Run("stock", 1, Answering(computing: 3), new Declaring(), tracing: false);
        Assert.Null(result.Ejection);
        Assert.Equal(10, result.Ports[0].Handled);
    }

    [Fact]
    public void Two_displace_the_computing_threads_of_two_virtual_processors()
    {
        var result = Run("simulated", 2, w =>
        {
            for (var i = 0; i < 2; i++)
            {
                var port = w.Port($"port {i}", Traffic.At(Ms(5)));
                w.Thread($"first {i}", async t =>
                {
                    await t.Read(port);
                    await t.Compute(Ms(2));
                });
            }
            w.Threads("computes", 2, async t => await t.Compute(Ms(20)));
        }, new Declaring());
        Assert.Null(result.Ejection);
        Assert.True(result.Reactivity.Max < Ms(1), $"{result.Reactivity.Max}");
        Assert.Equal(2, result.Counters["preemptions"]);
    }

    [Theory, MemberData(nameof(Machines))]
    public void None_is_lost_when_the_policy_is_ejected(string machine, int vps)
    {
        for (var after = 6; after < 60; after += 9)
        {
            var result = Run(machine, vps, Answering(computing: 3), new Declaring { ThrowsAfter = after });
            Assert.Equal(PolicyRule.DoesNotThrow, result.Ejection?.Rule);
            Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));
        }
    }

    /// <summary>Throws when a thread still goes first by another policy's word.</summary>
    public sealed class Doubting : Declaring
    {
        protected internal override void OnCreated(UserThread thread)
        {
            if (thread.GoesFirst) throw new InvalidDataException($"{thread} goes first");
            base.OnCreated(thread);
        }
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_policy_that_takes_over_declares_its_own(string machine, int vps)
    {
        var result = Run(machine, vps, Answering(computing: 3), new Declaring(), swaps: [(8, new Doubting()), (14, new RoundRobin()), (20, new Doubting())]);
        Assert.All(result.Swaps, swap => Assert.Null(swap.Ejection));
        Assert.Null(result.Ejection);
        Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));
    }
}
