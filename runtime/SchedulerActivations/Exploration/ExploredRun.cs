using System.Reflection;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Exploration;

/// <summary>What an explored run is made of: all that can be made smaller when it breaks a rule.</summary>
/// <param name="Program">The random program; null where the workload was given.</param>
/// <param name="VirtualProcessors">Number of virtual processors.</param>
/// <param name="Duration">How long it is, at most.</param>
/// <param name="Schedule">The order in which things happen.</param>
internal sealed record Candidate(RandomProgram? Program, int VirtualProcessors, TimeSpan Duration, Schedule Schedule);

/// <summary>How a run broke a rule.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Message">What happened.</param>
/// <param name="Callback">The policy's member that it is about; null where it is about none.</param>
internal sealed record Verdict(string Rule, string Message, string? Callback)
{
    /// <summary>Whether both say the same, if of different threads.</summary>
    public bool IsLike(Verdict other) => (Rule, Callback) == (other.Rule, other.Callback);
}

/// <summary>One run of the core under a policy, in an order that is chosen, held to all rules.</summary>
internal sealed class ExploredRun
{
    private readonly Workload _workload;
    private readonly PickRules _picks;

    /// <summary>Prepares a run.</summary>
    /// <param name="experiment">What to run; its workload counts where there is no program.</param>
    /// <param name="components">Makes the policy and the workload.</param>
    /// <param name="program">The random program; null to run the experiment's workload.</param>
    /// <param name="choices">Decides the order.</param>
    public ExploredRun(Experiment experiment, ComponentCatalog components, RandomProgram? program, Choices choices)
    {
        (Experiment, Program, Choices) = (experiment, program, choices);
        _workload = program ?? components.Create<Workload>(experiment.Workload);
        var policy = components.Create<SchedulingPolicy>(experiment.Policy);
        _picks = new PickRules(policy.GetType().GetCustomAttribute<ClaimsAttribute>()?.Claims ?? PolicyClaims.None);
        choices.Picked = _picks.Picked;
        Kernel = new SimulatedKernel(experiment, (SimulatedMachine)experiment.Machine, policy, choices);
    }

    public Experiment Experiment { get; }

    public RandomProgram? Program { get; }

    public Choices Choices { get; }

    public SimulatedKernel Kernel { get; }

    public Candidate Candidate => new(Program, Experiment.VirtualProcessors, Experiment.Duration, Choices.Schedule);

    /// <summary>Makes the run and judges it; null when no rule is broken.</summary>
    public Verdict? Run(CancellationToken cancellation)
    {
        var definition = new WorkloadDefinition(Experiment.Seed, Experiment.Duration);
        _workload.Define(definition);
        Kernel.Run(definition, null, cancellation);
        var scheduler = Kernel.Scheduler;
        if (scheduler.Ejection is { } ejection) return new Verdict(ejection.Rule.ToString(), ejection.Message, ejection.Callback.ToString());
        if (_picks.Broken is { } broken) return new Verdict(broken.Claim.ToString(), broken.Message + ".", nameof(PolicyCallback.FindNextToRun));
        if (TraceRules.Judge(scheduler.Trace!.ToTrace([], long.MaxValue)) is { } impossible) return new Verdict(BrokenRule.StatesFollow, $"The core's trace has an impossible step: {impossible}.", null);
        foreach (var thread in scheduler.Listed)
            if (thread is { Exception: { } exception, Joined: false, EndedCancelled: false })
                return new Verdict(BrokenRule.NoThreadFails, $"Thread {thread.Name} ended by {exception.SourceException.GetType().Name}: {exception.SourceException.Message}", null);
        if (scheduler.Live.Count > 0 && (Program is not null || Kernel.Exhausted)) return new Verdict(BrokenRule.EveryThreadEnds, Unended(scheduler), null);
        EndThreads(scheduler);
        return scheduler.Ejection is { } late ? new Verdict(late.Rule.ToString(), $"After the run, when every thread ended as soon as it ran: {late.Message}", late.Callback.ToString()) : null;
    }

    // Time is up, and from here on every thread ends as soon as it runs: so all those that are ready get their turn, or the
    // policy has lost one, which nobody saw while others went on.
    private static void EndThreads(Scheduler scheduler)
    {
        bool goesOn;
        do
        {
            goesOn = false;
            foreach (var vp in scheduler.VirtualProcessors)
            {
                if ((vp.Running ?? scheduler.FindNext(vp)) is not { } thread)
                {
                    scheduler.EnterIdle(vp);
                    continue;
                }
                thread.Request = Request.None;
                scheduler.Commit(vp, thread);
                goesOn = true;
            }
        }
        while (goesOn);
    }

    private static string Unended(Scheduler scheduler) =>
        $"Nothing happens any more, or nothing new, and not every thread has ended: {ResultBuilder.WhoWaits(scheduler)}.";
}
