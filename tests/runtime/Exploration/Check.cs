using SchedulerActivations.Experiments;
using SchedulerActivations.Exploration;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.Exploration;

/// <summary>Checks a test's policy or workload in this process.</summary>
internal static class Check
{
    public static CheckResult Of(SchedulingPolicy policy, int schedules = 300, ulong seed = 1, Action<WorkloadDefinition>? workload = null, double milliseconds = 50, params int[] vps)
    {
        if (workload is not null) LambdaWorkload.Use(workload);
        var components = new ComponentCatalog();
        var check = new PolicyCheck
        {
            Policy = components.Describe(policy),
            Workload = workload is null ? null : components.Describe(new LambdaWorkload()),
            Schedules = schedules,
            Seed = seed,
            Duration = TimeSpan.FromMilliseconds(milliseconds),
            VirtualProcessors = vps.Length == 0 ? [1, 2, 3, 4] : vps,
        };
        check.Validate();
        return PolicyChecker.Check(check, components, null, CancellationToken.None);
    }
}
