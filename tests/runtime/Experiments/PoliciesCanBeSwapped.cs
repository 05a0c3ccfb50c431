using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;
using SchedulerActivations.Tests.CoreThreads;

namespace SchedulerActivations.Tests.Experiments;

/// <summary>A running workload is given another policy: no thread is lost, and what comes after follows the new one.</summary>
public sealed class PoliciesCanBeSwapped
{
    public static TheoryData<string, int> Machines => new() { { "simulated", 1 }, { "simulated", 3 }, { "stock", 1 }, { "stock", 2 } };

    /// <summary>The last to come is the first to go, and nobody leaves before it wants to: as unlike round robin as can be.</summary>
    public class LastCome : SchedulingPolicy
    {
        private readonly ThreadQueue _ready = new();

        protected internal override void OnReady(UserThread thread, ReadyReason reason) => _ready.EnqueueFirst(thread);

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.Dequeue();
    }

    /// <summary>Threads in all states, for so long that a swap comes in between, each of which ends.</summary>
    private static void Everything(WorkloadDefinition w)
    {
        var mutex = new UserMutex();
        var channel = new UserChannel<int>(1);
        var port = w.Port("in", Traffic.Periodic(TimeSpan.FromMilliseconds(2)));
        w.Threads("compute", 3, async t =>
        {
            for (var i = 0; i < 40; i++)
            {
                await t.Compute(TimeSpan.FromMilliseconds(0.5));
                if (i % 4 == 0) await t.Yield();
            }
        });
        w.Threads("lock", 2, async t =>
        {
            for (var i = 0; i < 20; i++)
            {
                await t.Lock(mutex);
                await t.Sleep(TimeSpan.FromMilliseconds(0.5));
                t.Unlock(mutex);
            }
        });
        w.Thread("send", async t => { for (var i = 0; i < 30; i++) await t.Send(channel, i); t.Close(channel); });
        w.Thread("receive", async t => { while (await t.ReceiveNext(channel) is { HasItem: true }) await t.Sleep(TimeSpan.FromMilliseconds(1)); });
        w.Thread("io", async t => { for (var i = 0; i < 15; i++) await t.Read(port); });
        w.Thread("spawn", async t =>
        {
            for (var i = 0; i < 20; i++)
            {
                await t.Join(t.Spawn(async c => await c.Compute(TimeSpan.FromMilliseconds(0.2))));
                await t.Sleep(TimeSpan.FromMilliseconds(1));
            }
        });
    }

    private static ExperimentResult Run(string machine, int vps, SchedulingPolicy first, params (double, SchedulingPolicy)[] swaps) =>
        Run(machine, Everything, vps, first, swaps);

    private static ExperimentResult Run(string machine, Action<WorkloadDefinition> define, int vps, SchedulingPolicy first, params (double, SchedulingPolicy)[] swaps)
    {
        var result = TestRun.On(TestRun.Named(machine), define, first, vps, 30_000, swaps: swaps);
        Assert.All(result.Threads, thread => Assert.Equal((thread.Name, UserThreadState.Finished, null), (thread.Name, thread.State, thread.Exception)));
        return result;
    }

    [Theory, MemberData(nameof(Machines))]
    public void No_thread_is_lost_when_policies_take_over_in_turn(string machine, int vps)
    {
        var result = Run(machine, vps, new RoundRobin(), (3, new LastCome()), (6, new RoundRobin { TimeSlice = TimeSpan.FromMilliseconds(1) }), (11, new FirstCome()));
        Assert.Null(result.Ejection);
        Assert.Equal(["LastCome", "RoundRobin", "FirstCome"], result.Swaps.Select(swap => swap.Policy.Name));
        Assert.All(result.Swaps, swap => Assert.Null(swap.Ejection));
        Assert.Equal(result.Swaps.Select(swap => (swap.Time.Ticks / 10, 0)), result.Trace.Events.Where(each => each.Kind == TraceEventKind.PolicySwapped).Select(each => (each.Time / 1000, 0)));
    }

    [Fact]
    public void What_comes_after_follows_the_new_policy()
    {
        var result = TestRun.On(TestRun.Simulated, w => w.Threads("busy", 4, async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(1)); }),
            new RoundRobin(), milliseconds: 400, swaps: [(100, new LastCome()), (200, new RoundRobin())]);
        int Turns(double from, double to) => result.Trace.Events.Count(each => each.Kind == TraceEventKind.Running && each.Time >= from * 1e6 && each.Time < to * 1e6);
        Assert.Equal(25, Turns(0, 100), tolerance: 2.0);
        // The running thread goes to the new policy as preempted, comes last, and stays for good.
        Assert.Equal(1, Turns(100, 200));
        Assert.Equal(25, Turns(200, 400) / 2.0, tolerance: 2.0);
        Assert.True(result.Throughput > 0.98, $"{result.Throughput}");
    }

    /// <summary>Writes down what it is told at the start.</summary>
    public sealed class Listens : SchedulingPolicy
    {
        private readonly ThreadQueue _ready = new();

        public static List<string> Told { get; } = [];

        protected internal override void OnCreated(UserThread thread) => Told.Add($"created {thread.Name}");

        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            if (Told.Count < 8) Told.Add($"{reason} {thread.Name}");
            _ready.Enqueue(thread);
        }

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.Dequeue();
    }

    [Fact]
    public void The_new_policy_is_told_of_all_threads_of_the_ready_ones_in_their_order_and_of_running_ones_when_they_stop()
    {
        Listens.Told.Clear();
        TestRun.On(TestRun.Simulated, w =>
        {
            w.Thread("runs", async t => await t.Compute(TimeSpan.FromMilliseconds(20)));
            w.Thread("ready 1", async t => await t.Compute(TimeSpan.FromMilliseconds(1)));
            w.Thread("sleeps", async t => await t.Sleep(TimeSpan.FromMilliseconds(50)));
            w.Thread("ready 2", async t => await t.Compute(TimeSpan.FromMilliseconds(1)));
        }, new LastCome(), milliseconds: 100, swaps: [(0.5, new Listens())]);
        // LastCome runs "ready 2" first; the others are ready in the order in which they were made.
        Assert.Equal(["created runs", "created ready 1", "created sleeps", "created ready 2", "Created runs", "Created ready 1", "Created sleeps", "Preempted ready 2"], Listens.Told);
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_broken_policy_that_takes_over_is_ejected_and_the_next_one_takes_over_from_round_robin(string machine, int vps)
    {
        // So far apart that a policy is asked at least once before the next one comes, also where the computer is busy with other things.
        var apart = machine == "stock" ? 300 : 4;
        var result = Run(machine, w =>
        {
            Everything(w);
            w.Threads("busy", 3, async t =>
            {
                while (t.Now < TimeSpan.FromMilliseconds(9 * apart))
                {
                    await t.Compute(TimeSpan.FromMilliseconds(0.5));
                    await t.Yield();
                }
            });
        }, vps, new PolicyContractTests.ReturnsFinished(), (5 * apart, new Refuses()), (6 * apart, new LastCome()), (7 * apart, new Refuses { Created = true }));
        Assert.Equal(PolicyRule.PicksReadyThread, result.Ejection?.Rule);
        Assert.Equal([PolicyRule.DoesNotThrow, null, PolicyRule.DoesNotThrow], result.Swaps.Select(swap => swap.Ejection?.Rule));
        Assert.Equal(["OnReady", "OnCreated"], result.Swaps.Select(swap => swap.Ejection?.Callback).OfType<string>());
    }

    public sealed class Refuses : FirstCome
    {
        public bool Created { get; set; }

        protected internal override void OnCreated(UserThread thread)
        {
            if (Created) throw new InvalidDataException("not me");
        }

        protected internal override void OnReady(UserThread thread, ReadyReason reason) => throw new InvalidDataException("nor me");
    }

    [Theory]
    [InlineData("simulated", 2)]
    [InlineData("stock", 2)]
    public void A_policy_that_hangs_as_it_takes_over_is_ejected(string machine, int vps)
    {
        var result = Run(machine, vps, new RoundRobin(), (5, new PolicyContractTests.Hangs { AtCall = 1 }));
        Assert.Equal((PolicyRule.Returns, "OnReady"), (result.Swaps[0].Ejection!.Rule, result.Swaps[0].Ejection!.Callback));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Policies_that_hang_one_after_the_other_are_ejected_each(int vps)
    {
        var result = Run("simulated", vps, new PolicyContractTests.Hangs { AtCall = 3 }, (5, new PolicyContractTests.Hangs { AtCall = 1 }), (9, new PolicyContractTests.Hangs { AtCall = 3 }));
        Assert.All([result.Ejection, .. result.Swaps.Select(swap => swap.Ejection)], ejection => Assert.Equal(PolicyRule.Returns, ejection?.Rule));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void A_plan_that_runs_backwards_is_refused(double second)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Run("simulated", 1, new RoundRobin(), (5, new LastCome()), (second, new FirstCome())));
        Assert.Contains("FirstCome", error.Message, StringComparison.Ordinal);
    }
}
