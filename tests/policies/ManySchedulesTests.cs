using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Exploration;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies.Tests;

/// <summary>Every policy of the library under many schedules: it keeps its contract and what it claims, and the core under it keeps its rules.</summary>
public sealed class ManySchedulesTests
{
    public static TheoryData<Type> Policies =>
        [.. typeof(IoFirst).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(SchedulingPolicy))).Append(typeof(RoundRobin)).Append(typeof(HandOff))];

    [Theory, MemberData(nameof(Policies))]
    public async Task It_breaks_no_rule(Type policy)
    {
        var result = await PolicyChecker.CheckAsync(new PolicyCheck { Policy = new ComponentCatalog().Describe(Activator.CreateInstance(policy)!), Schedules = 600 });
        Assert.True(result.Broken is null, result.ToString());
    }

    [Theory, MemberData(nameof(Policies))]
    public async Task It_loses_no_thread_of_a_workload_that_never_ends(Type policy)
    {
        var components = new ComponentCatalog();
        var result = await PolicyChecker.CheckAsync(new PolicyCheck { Policy = components.Describe(Activator.CreateInstance(policy)!), Workload = components.Describe(new ComputeAndIo()), Schedules = 200 });
        Assert.True(result.Broken is null, result.ToString());
    }
}
