using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>
/// Without a trace, threads under the core's own policies on one virtual processor take a shorter way through the core: everything
/// happens in the same order as with one.
/// </summary>
public sealed class DirectRunTests
{
    private sealed class Program(int seed, SchedulingPolicy policy)
    {
        private readonly UserConditionVariable _condition = new(new UserMutex());
        private readonly UserSemaphore _semaphore = new(1);
        private readonly UserChannel<int> _channel = new(1);
        private readonly List<UserThread> _threads = [];

        public List<string> Log { get; } = [];

        // It may end in a deadlock: the same one then.
        public async UserTask Run(ThreadContext t, int depth)
        {
            var random = new Random((seed * 1000) + t.Thread.Id);
            for (var i = 0; i < 12; i++)
            {
                var step = random.Next(12);
                Log.Add($"{t.Thread.Id} {t.Thread.ReadyReason} {step}");
                try
                {
                    await Step(t, step, random, depth);
                }
                catch (Exception exception) when (exception is InvalidOperationException or UserThreadCancelledException)
                {
                    Log.Add($"{t.Thread.Id} {exception.GetType().Name}");
                }
            }
        }

        private async UserTask Step(ThreadContext t, int step, Random random, int depth)
        {
            switch (step)
            {
                case 0 or 1 or 2 when depth < 3 && _threads.Count < 40:
                    _threads.Add(t.Spawn(u => Run(u, depth + 1)));
                    break;
                case 3 when _threads.Count > 0:
                    await t.Join(_threads[random.Next(_threads.Count)]);
                    break;
                case 4 when _threads.Count > 0:
                    var cancelled = _threads[random.Next(_threads.Count)];
                    // That is where hand-off's order differs, as it says.
                    if (policy is not HandOff || !Waits(cancelled, t.Thread)) t.TryCancel(cancelled);
                    break;
                case 5:
                    await t.Lock(_condition.Mutex);
                    await t.Yield();
                    t.Unlock(_condition.Mutex);
                    break;
                case 6:
                    await t.Wait(_semaphore);
                    await t.Yield();
                    t.Release(_semaphore);
                    break;
                case 7:
                    await t.Send(_channel, t.Thread.Id);
                    break;
                case 8:
                    Log.Add($"{t.Thread.Id} got {await t.Receive(_channel)}");
                    break;
                case 9:
                    await t.Lock(_condition.Mutex);
                    t.Broadcast(_condition);
                    t.Unlock(_condition.Mutex);
                    break;
                case 10 when random.Next(4) == 0:
                    throw new InvalidOperationException();
                default:
                    await t.Yield();
                    break;
            }
        }
    }

    // Whether a thread waits for another one's end, or for that of one which does.
    private static bool Waits(UserThread thread, UserThread end)
    {
        var joined = thread.Joins;
        for (var i = 0; i < 100 && joined is not null && joined != end; i++) joined = joined.Joins;
        return joined == end;
    }

    // A thread that blocks in the kernel (for a page, for the collector) lets others go before it: such a run is made again.
    private static TSeen Unblocked<TSeen>(Func<(TSeen Seen, ExperimentResult Result)> run)
    {
        for (var tries = 0; tries < 20; tries++)
        {
            var (seen, result) = run();
            if (result.Counters["upcalls block"] == 0) return seen;
        }
        throw new InvalidOperationException("In each of 20 runs a thread blocked in the kernel.");
    }

    // Without the stack traces: what is in them depends on what the JIT has inlined by then, with the tiers as they happen to come.
    private static string Failure(string? exception) =>
        string.Join('\n', (exception ?? "").Split('\n').Where(line => !line.StartsWith("   at ", StringComparison.Ordinal)));

    private static (List<string> Log, IEnumerable<string> Threads, long Switches) Run<TPolicy>(int seed, bool tracing) where TPolicy : CorePolicy, new() => Unblocked(() =>
    {
        var policy = new TPolicy { TimeSlice = TimeSpan.FromHours(1) };
        var program = new Program(seed, policy);
        var result = TestRun.On(TestRun.Stock, w => w.Threads("root", 3, t => program.Run(t, 0)), policy, milliseconds: 30_000, tracing: tracing);
        Assert.Null(result.Ejection);
        return ((program.Log, result.Threads.Select(thread => $"{thread.Name} {thread.State} {Failure(thread.Exception)}"), result.Counters["switches"]), result);
    });

    [Fact]
    public void Everything_happens_in_the_same_order_as_with_a_trace() => HappensInTheSameOrder<RoundRobin>();

    [Fact]
    public void Everything_happens_in_the_same_order_as_with_a_trace_where_turns_are_handed_off() => HappensInTheSameOrder<HandOff>();

    private static void HappensInTheSameOrder<TPolicy>() where TPolicy : CorePolicy, new()
    {
        for (var seed = 1; seed <= 150; seed++)
        {
            var (traced, untraced) = (Run<TPolicy>(seed, tracing: true), Run<TPolicy>(seed, tracing: false));
            Assert.NotEmpty(untraced.Log);
            Assert.Equal(traced.Log, untraced.Log);
            Assert.Equal(traced.Threads, untraced.Threads);
            Assert.Equal(traced.Switches, untraced.Switches);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_is_made_before_a_yield_runs_before_who_yields(bool tracing)
    {
        var order = Unblocked(() =>
        {
            var order = new List<string>();
            var result = TestRun.On(TestRun.Stock, w => w.Thread("main", async t =>
            {
                t.Spawn(_ =>
                {
                    order.Add("made");
                    return default;
                });
                await t.Yield();
                order.Add("yielded");
            }), tracing: tracing);
            return (order, result);
        });
        Assert.Equal(["made", "yielded"], order);
    }

    // What it hears of the thread "away".
    public sealed class Hearing : SchedulingPolicy
    {
        private readonly ThreadQueue _ready = new();

        public static int Yields { get; set; }

        public static int Ran { get; set; }

        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            if (thread.Name == "away" && reason == ReadyReason.Yielded) Yields++;
            _ready.Enqueue(thread);
        }

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.Dequeue();

        protected internal override void OnRan(UserThread thread, TimeSpan ran)
        {
            if (thread.Name == "away") Ran++;
        }
    }

    [Fact]
    public void A_thread_that_was_away_while_another_policy_took_over_is_scheduled_by_that_one_from_its_first_yield()
    {
        (Hearing.Yields, Hearing.Ran) = (0, 0);
        var back = false;
        var result = TestRun.On(TestRun.Stock, w =>
        {
            w.Thread("away", async t =>
            {
                // Blocks in an undeclared call.
                Thread.Sleep(400);
                for (var i = 0; i < 100; i++) await t.Yield();
                back = true;
            });
            w.Thread("here", async t =>
            {
                while (!back) await t.Yield();
            });
        }, milliseconds: 10_000, tracing: false, swaps: [(150, new Hearing())]);
        Assert.True(result.Counters["upcalls block"] > 0);
        Assert.Single(result.Swaps);
        Assert.Equal(100, Hearing.Yields);
        Assert.InRange(Hearing.Ran, 100, int.MaxValue);
    }

    [Fact]
    public void When_the_cores_own_policy_is_ejected_within_a_threads_turn_the_next_one_takes_over_at_once()
    {
        const int Turns = 500;
        var least = Unblocked(() =>
        {
            var (turns, least) = (new int[3], -1);
            var result = TestRun.On(TestRun.Stock, w =>
            {
                for (var i = 0; i < turns.Length; i++)
                {
                    var number = i;
                    w.Thread($"turns {i}", async t =>
                    {
                        var mutex = new UserMutex();
                        for (; turns[number] < Turns; turns[number]++)
                        {
                            // A safepoint within the turn asks for the quantum, which is none.
                            await t.Lock(mutex);
                            t.Unlock(mutex);
                            await t.Yield();
                        }
                        if (least < 0) least = turns.Min();
                    });
                }
            }, new RoundRobin { TimeSlice = TimeSpan.Zero }, milliseconds: 10_000, tracing: false);
            Assert.Equal(PolicyRule.GrantsTime, result.Ejection?.Rule);
            Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));
            return (least, result);
        });
        Assert.InRange(least, Turns - 10, Turns);
    }
}
