using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Exploration;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Specialization;
using SchedulerActivations.Tests.CoreThreads;

namespace SchedulerActivations.Tests.Exploration;

/// <summary>What the shortest run that breaks a rule contains, and what it does not.</summary>
public sealed class ShortestRunTests
{
    [Claims(PolicyClaims.WorkConserving)]
    public sealed class LeavesAProcessorOutLater : FirstCome
    {
        private int _calls;

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => vp.Number == 1 && ++_calls == 40 ? null : base.FindNextToRun(vp);

        protected internal override TimeSpan Quantum(UserThread thread) => TimeSpan.FromMilliseconds(1);
    }

    [Fact]
    public void The_trace_of_a_workload_that_never_ends_ends_where_the_rule_is_broken()
    {
        var text = Check.Of(new LeavesAProcessorOutLater(), workload: w => new ComputeAndIo().Define(w)).Broken!.ToString();
        Assert.Contains("FindNextToRun had nothing for VP 1", text, StringComparison.Ordinal);
        Assert.Contains("  VP 1  idles\n\nAgain: ", text, StringComparison.Ordinal);
    }

    /// <summary>Throws when it is called in a certain order: a letter for each callback.</summary>
    public sealed class ThrowsAfter : FirstCome
    {
        private string _calls = "";

        public string Calls { get; set; } = "";

        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            Note(reason.ToString()[0]);
            base.OnReady(thread, reason);
        }

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp)
        {
            Note((char)('0' + vp.Number));
            return base.FindNextToRun(vp);
        }

        protected internal override TimeSpan Quantum(UserThread thread) => TimeSpan.FromMilliseconds(1);

        protected internal override void OnBlocked(UserThread thread, BlockReason reason) => Note('b');

        protected internal override void OnFinished(UserThread thread) => Note('f');

        private void Note(char call)
        {
            _calls += call;
            if (_calls.EndsWith(Calls, StringComparison.Ordinal)) throw new InvalidDataException(Calls);
        }
    }

    [Theory]
    [InlineData("0bS", 81)]
    [InlineData("30P", 1052)]
    public void The_shortest_run_keeps_no_departure_from_the_usual_order_that_can_be_left_out(string calls, ulong seed)
    {
        var broken = Check.Of(new ThrowsAfter { Calls = calls }, schedules: 1, seed: seed).Broken!;
        var deviations = broken.Schedule.Deviations.Split(' ');
        Assert.NotEqual([""], deviations);
        foreach (var left in deviations)
        {
            var experiment = broken.Run.Experiment with { Machine = new SimulatedMachine { Schedule = new Schedule(string.Join(' ', deviations.Where(each => each != left))) } };
            Assert.Null(experiment.Machine.Run(experiment, new(), new(), null, CancellationToken.None).Ejection);
        }
    }

    public sealed class ThrowsAfterASignalBetweenEvents : FirstCome
    {
        private readonly List<ReadyReason> _reasons = [];

        protected internal override void OnReady(UserThread thread, ReadyReason reason)
        {
            _reasons.Add(reason);
            if (_reasons is [.., ReadyReason.Unblocked, ReadyReason.Signaled, ReadyReason.Unblocked]) throw new InvalidDataException("an event");
            base.OnReady(thread, reason);
        }
    }

    [Fact]
    public void The_shortest_run_waits_for_a_lock_no_longer_than_it_need()
    {
        var program = Check.Of(new ThrowsAfterASignalBetweenEvents(), seed: 50).Broken!.Program!;
        var waits = program.Threads.SelectMany(thread => thread.Steps).Where(step => step.Kind == StepKind.LockWithin).ToList();
        Assert.NotEmpty(waits);
        Assert.All(waits, step => Assert.Equal(2, step.Number));
    }
}
