using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Exploration;

/// <summary>Holds a policy's answers to what it claims (<see cref="PolicyClaims"/>), at the moment of each answer.</summary>
internal sealed class PickRules(PolicyClaims claims)
{
    /// <summary>The first claim that an answer has broken, and how; null while there is none.</summary>
    public (PolicyClaims Claim, string Message)? Broken { get; private set; }

    public void Picked(VirtualProcessor vp, UserThread? picked)
    {
        var scheduler = vp.Scheduler;
        if (picked is { PassesPolicy: true }) return;
        if (Broken is not null || scheduler.Ejection is not null || claims == PolicyClaims.None) return;
        foreach (var thread in scheduler.Live)
        {
            if (thread.State != UserThreadState.Ready) continue;
            Broken = picked switch
            {
                null when Claims(PolicyClaims.WorkConserving) =>
                    (PolicyClaims.WorkConserving, $"FindNextToRun had nothing for {vp} at {At(scheduler)} although {thread.Name} was ready"),
                { } when Claims(PolicyClaims.FirstInFirstOut) && thread.ReadySince < picked.ReadySince =>
                    (PolicyClaims.FirstInFirstOut, $"FindNextToRun returned {picked.Name} for {vp} at {At(scheduler)} although {thread.Name} had been ready for longer"),
                { } when Claims(PolicyClaims.HighestPriorityFirst) && thread.Priority > picked.Priority =>
                    (PolicyClaims.HighestPriorityFirst, $"FindNextToRun returned {picked.Name} (priority {picked.Priority}) for {vp} at {At(scheduler)} although {thread.Name} (priority {thread.Priority}) was ready"),
                _ => Broken,
            };
        }
    }

    private static string At(Scheduler scheduler) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{scheduler.Kernel.Now / 1e6:0.######} ms");

    private bool Claims(PolicyClaims claim) => (claims & claim) != 0;
}
