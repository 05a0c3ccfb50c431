using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Exploration;
using SchedulerActivations.Specialization;
using SchedulerActivations.Tests.CoreThreads;
using SchedulerActivations.Tests.Experiments;

namespace SchedulerActivations.Tests.Exploration;

/// <summary>The core and policies under many schedules: correct ones pass; faults are found, shown at their smallest, and found again by their seed.</summary>
public sealed class ExplorationTests
{
    [Fact]
    public void The_core_under_round_robin_breaks_no_rule()
    {
        var result = Check.Of(new RoundRobin(), schedules: 5000);
        Assert.True(result.Broken is null, result.ToString());
        Assert.Equal("RoundRobin: 5000 schedules, no rule broken.", result.ToString());
    }

    [Fact]
    public void The_core_under_a_policy_without_a_quantum_and_under_one_that_preempts_all_the_time_breaks_no_rule()
    {
        foreach (var policy in new SchedulingPolicy[] { new FirstCome(), new PoliciesCanBeSwapped.LastCome(), new PreemptsAlways() })
        {
            var result = Check.Of(policy, schedules: 1500);
            Assert.True(result.Broken is null, result.ToString());
        }
    }

    public sealed class PreemptsAlways : FirstCome
    {
        protected internal override bool ShouldPreempt(VirtualProcessor vp, UserThread running, UserThread candidate) => true;

        protected internal override TimeSpan Quantum(UserThread thread) => TimeSpan.FromMicroseconds(50);
    }

    public sealed class LosesPreempted : FirstCome
    {
        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            if (reason != ReadyReason.Preempted) base.OnReady(thread, reason);
        }

        protected internal override TimeSpan Quantum(UserThread thread) => TimeSpan.FromMilliseconds(1);
    }

    [Fact]
    public void A_policy_that_loses_a_thread_on_preemption_is_shown_with_one_thread_that_computes_for_longer_than_its_quantum_and_one_that_waits()
    {
        var broken = Check.Of(new LosesPreempted()).Broken!;
        Assert.Equal(nameof(PolicyRule.ForgetsNoThread), broken.Rule);
        Assert.Equal(2, broken.Program!.Threads.Count);
        Assert.Equal(new ProgramStep(StepKind.Compute, 3000), Assert.Single(broken.Program.Threads.SelectMany(thread => thread.Steps)));
        Assert.Equal((1, ""), (broken.Run.Experiment.VirtualProcessors, broken.Schedule.Deviations));
    }

    public sealed class ReturnsBlocked : FirstCome
    {
        private UserThread? _blocked;

        protected internal override void OnBlocked(UserThread thread, BlockReason reason) => _blocked = thread;

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => _blocked ?? base.FindNextToRun(vp);
    }

    [Fact]
    public void A_policy_that_returns_a_blocked_thread_is_shown_with_one_thread_that_blocks_once()
    {
        var broken = Check.Of(new ReturnsBlocked()).Broken!;
        Assert.Equal(nameof(PolicyRule.PicksReadyThread), broken.Rule);
        Assert.Single(Assert.Single(broken.Program!.Threads).Steps);
        Assert.Equal((1, ""), (broken.Run.Experiment.VirtualProcessors, broken.Schedule.Deviations));
        Assert.Contains("FindNextToRun", File.ReadLines(broken.Cell!).ElementAt(broken.Line!.Value - 1), StringComparison.Ordinal);
    }

    public sealed class EnqueuesTwice : SchedulingPolicy
    {
        private readonly Queue<UserThread> _ready = new();

        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            _ready.Enqueue(thread);
            if (reason == ReadyReason.Signaled) _ready.Enqueue(thread);
        }

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.TryDequeue(out var thread) ? thread : null;
    }

    [Fact]
    public void A_policy_that_enqueues_a_thread_twice_is_found()
    {
        var broken = Check.Of(new EnqueuesTwice()).Broken!;
        Assert.Equal(nameof(PolicyRule.PicksReadyThread), broken.Rule);
        Assert.InRange(broken.Program!.Threads.Sum(thread => thread.Steps.Count), 1, 2);
    }

    /// <summary>Has room for one thread that was unblocked, as if an upcall never reported two.</summary>
    public sealed class OverlooksTheSecond : FirstCome
    {
        private UserThread? _unblocked;

        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            if (reason == ReadyReason.Unblocked) _unblocked = thread;
            else base.OnReady(thread, reason);
        }

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp)
        {
            var next = _unblocked ?? base.FindNextToRun(vp);
            _unblocked = null;
            return next;
        }
    }

    [Fact]
    public void A_policy_that_overlooks_the_second_event_of_an_upcall_is_shown_with_two_threads_that_block()
    {
        var broken = Check.Of(new OverlooksTheSecond()).Broken!;
        Assert.Equal(nameof(PolicyRule.ForgetsNoThread), broken.Rule);
        Assert.Equal([1, 1], broken.Program!.Threads.Select(thread => thread.Steps.Count));
        Assert.Equal(1, broken.Run.Experiment.VirtualProcessors);
    }

    public sealed class Throws : FirstCome
    {
        protected internal override void OnFinished(UserThread thread) => throw new InvalidDataException("it ends");
    }

    [Fact]
    public void A_policy_that_throws_is_found_with_its_source_line()
    {
        var broken = Check.Of(new Throws()).Broken!;
        Assert.Equal(nameof(PolicyRule.DoesNotThrow), broken.Rule);
        Assert.Contains("throw new InvalidDataException", File.ReadLines(broken.Cell!).ElementAt(broken.Line!.Value - 1), StringComparison.Ordinal);
        Assert.Empty(Assert.Single(broken.Program!.Threads).Steps);
    }

    public sealed class LosesWhosePriorityChanges : SchedulingPolicy
    {
        private readonly ThreadQueue _ready = new();

        protected internal override void OnReady(UserThread thread, ReadyReason reason) => _ready.Enqueue(thread);

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.Dequeue();

        protected internal override void OnPriorityChanged(UserThread thread) => _ready.Remove(thread);
    }

    [Fact]
    public void A_policy_that_loses_a_ready_thread_whose_priority_another_one_changes_is_found_soon_and_shown_with_two_threads()
    {
        var result = Check.Of(new LosesWhosePriorityChanges(), schedules: 30);
        Assert.Equal(nameof(PolicyRule.ForgetsNoThread), result.Broken?.Rule);
        Assert.Equal(["t1, priority 0: prioritize 0", "t2, priority 0: nothing"], result.Broken!.Threads);
    }

    [Fact]
    public void A_time_slice_of_nothing_is_found_and_shown_with_one_thread()
    {
        var broken = Check.Of(new RoundRobin { TimeSlice = TimeSpan.Zero }).Broken!;
        Assert.Equal(nameof(PolicyRule.GrantsTime), broken.Rule);
        Assert.Empty(Assert.Single(broken.Program!.Threads).Steps);
    }

    [Fact]
    public void A_policy_that_hangs_is_found()
    {
        var broken = Check.Of(new PolicyContractTests.Hangs { AtCall = 5 }).Broken!;
        Assert.Equal(nameof(PolicyRule.Returns), broken.Rule);
        Assert.False(broken.IsShortened);
        Assert.Contains("which was not shortened", broken.ToString(), StringComparison.Ordinal);
        Assert.NotNull(broken.Line);
    }

    /// <summary>Two mistakes: the smallest run that is tried for the one shows the other.</summary>
    public sealed class ThrowsOrHangs : FirstCome
    {
        private bool _throws;

        protected internal override void OnBlocked(UserThread thread, BlockReason reason) => _throws = true;

        protected internal override void OnFinished(UserThread thread)
        {
            if (_throws) throw new InvalidDataException("it ends");
            // Long after anybody has waited for it.
            Thread.Sleep(TimeSpan.FromSeconds(4));
        }
    }

    [Fact]
    public void A_policy_that_hangs_while_the_shortest_run_is_looked_for_is_shown_with_the_run_that_was_found_and_so_is_said()
    {
        var broken = Check.Of(new ThrowsOrHangs(), seed: 3).Broken!;
        Assert.Equal(nameof(PolicyRule.DoesNotThrow), broken.Rule);
        Assert.False(broken.IsShortened);
    }

    [Claims(PolicyClaims.FirstInFirstOut)]
    public sealed class ClaimsToBeFirstCome : PoliciesCanBeSwapped.LastCome;

    [Claims(PolicyClaims.WorkConserving)]
    public sealed class LeavesAProcessorOut : FirstCome
    {
        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => vp.Number == 1 ? null : base.FindNextToRun(vp);
    }

    [Claims(PolicyClaims.HighestPriorityFirst)]
    public sealed class ClaimsToHeedPriorities : FirstCome;

    [Fact]
    public void A_policy_is_held_to_what_it_claims()
    {
        foreach (var (policy, claim) in new (SchedulingPolicy, PolicyClaims)[]
        {
            (new ClaimsToBeFirstCome(), PolicyClaims.FirstInFirstOut),
            (new LeavesAProcessorOut(), PolicyClaims.WorkConserving),
            (new ClaimsToHeedPriorities(), PolicyClaims.HighestPriorityFirst),
        })
        {
            var broken = Check.Of(policy).Broken!;
            Assert.Equal((claim.ToString(), null), (broken.Rule, broken.Run.Ejection));
            Assert.NotNull(broken.Line);
        }
    }

    [Fact]
    public void A_policy_is_not_blamed_for_the_time_by_which_an_event_comes_early()
    {
        var result = Check.Of(new RoundRobin(), schedules: 1000, workload: w =>
        {
            w.Threads("sleeps", 2, async t => await t.Sleep(TimeSpan.FromSeconds(6)));
            w.Threads("yields", 2, async t => { for (var i = 0; i < 5; i++) await t.Yield(); });
        }, milliseconds: 30_000);
        Assert.True(result.Broken is null, result.ToString());
    }

    [Fact]
    public void An_event_beyond_the_end_of_a_run_does_not_come_early_and_end_it()
    {
        var ended = 0;
        var result = Check.Of(new RoundRobin(), workload: w =>
        {
            w.Threads("sleeps", 2, async t => await t.Sleep(TimeSpan.FromHours(1)));
            w.Thread("computes", async t =>
            {
                for (var i = 0; i < 20; i++) await t.Compute(TimeSpan.FromMilliseconds(1));
                ended++;
            });
        });
        Assert.Equal(result.Schedules, ended);
    }

    [Fact]
    public void A_thread_that_is_lost_beside_others_that_never_end_is_found()
    {
        var overlooks = Check.Of(new OverlooksTheSecond(), workload: w => new ComputeAndIo().Define(w)).Broken!;
        Assert.Equal(nameof(PolicyRule.ForgetsNoThread), overlooks.Rule);
        Assert.Contains(" has been ready since it was Unblocked. ", overlooks.Message, StringComparison.Ordinal);
        Assert.Contains("OverlooksTheSecond", string.Concat(File.ReadLines(overlooks.Cell!).Take(overlooks.Line!.Value).TakeLast(20)), StringComparison.Ordinal);
        var starves = Check.Of(new PolicyContractTests.Starves(), schedules: 20, workload: w =>
        {
            w.Threads("busy", 3, async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(1)); });
            w.Thread("starved", async t => await t.Yield());
        }).Broken!;
        Assert.Equal(nameof(PolicyRule.ForgetsNoThread), starves.Rule);
    }

    [Fact]
    public void A_run_is_as_long_as_was_asked_for_however_short_the_time_slices_are()
    {
        var result = Check.Of(new RoundRobin { TimeSlice = TimeSpan.FromMicroseconds(1) }, schedules: 20);
        Assert.True(result.Broken is null, result.ToString());
        var reached = 0;
        Check.Of(new RoundRobin { TimeSlice = TimeSpan.FromMicroseconds(20) }, schedules: 5, workload: w => w.Threads("computes", 2, async t =>
        {
            await t.Compute(TimeSpan.FromSeconds(1));
            reached++;
        }), milliseconds: 5_000, vps: 1);
        Assert.Equal(10, reached);
    }

    [Fact]
    public void A_seed_finds_the_same_again_and_the_schedule_gives_the_same_trace()
    {
        var broken = Check.Of(new OverlooksTheSecond(), seed: 40).Broken!;
        var again = Check.Of(new OverlooksTheSecond(), schedules: 1, seed: broken.Seed).Broken!;
        Assert.Equal(broken.ToString(), again.ToString());
        var experiment = broken.Run.Experiment;
        var replayed = experiment.Machine.Run(experiment, new(), new(), null, CancellationToken.None);
        Assert.Equal(broken.Run.Trace.Events, replayed.Trace.Events);
        Assert.Equal(broken.Run.Ejection, replayed.Ejection);
    }
}
