using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies.Tests;

/// <summary>Runs threads under a policy on a simulated machine on which the kernel costs nothing, so that the policy alone decides who waits.</summary>
internal static class PolicyRun
{
    private static readonly AsyncLocal<Action<WorkloadDefinition>?> Definition = new();

    public static ExperimentResult Of(SchedulingPolicy policy, Action<WorkloadDefinition> define, int vps = 1, double milliseconds = 500)
    {
        Definition.Value = define;
        var components = new ComponentCatalog();
        var result = ExperimentRunner.RunAsync(new Experiment
        {
            Policy = components.Describe(policy),
            Workload = components.Describe(new Defined()),
            Machine = new SimulatedMachine { Costs = CostModel.Free },
            VirtualProcessors = vps,
            Duration = TimeSpan.FromMilliseconds(milliseconds),
        }).GetAwaiter().GetResult();
        Assert.Null(result.Ejection);
        return result;
    }

    /// <summary>A mix of computing and I/O threads that is different for each seed.</summary>
    public static Action<WorkloadDefinition> Mix(int seed, Func<Random, int>? priority = null) => w =>
    {
        var random = new Random(seed);
        priority ??= _ => 0;
        var computing = random.Next(1, 6);
        for (var i = 0; i < computing; i++)
        {
            var step = TimeSpan.FromMicroseconds(random.Next(50, 3000));
            var (yields, sleeps) = (random.Next(4) == 0, random.Next(4) == 0);
            w.Thread($"compute {i}", async t =>
            {
                while (true)
                {
                    await t.Compute(step);
                    if (yields) await t.Yield();
                    if (sleeps) await t.Sleep(step);
                }
            }, priority(random));
        }
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var port = w.Port($"port {i}", random.Next(2) == 0 ? Traffic.Poisson(random.Next(20, 200)) : Traffic.Periodic(TimeSpan.FromMilliseconds(random.Next(3, 20))));
            var work = TimeSpan.FromMicroseconds(random.Next(1, 500));
            w.Thread($"io {i}", async t => { while (await t.Read(port) is not null) await t.Compute(work); }, priority(random));
        }
    };

    /// <summary>Busy threads beside one that answers events.</summary>
    public static Action<WorkloadDefinition> OneAnswers(int computing, double eventsPerSecond, TimeSpan work) => w =>
    {
        // First, so that it reads already when the first event comes.
        var port = w.Port("in", Traffic.Poisson(eventsPerSecond));
        w.Thread("io", async t => { while (await t.Read(port) is not null) await t.Compute(work); });
        w.Threads("compute", computing, async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(1)); });
    };

    /// <summary>The workload that the test gave; public, as every component must be.</summary>
    public sealed class Defined : Workload
    {
        protected override void Define(WorkloadDefinition w) => Definition.Value!(w);
    }
}
