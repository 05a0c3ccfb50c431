using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>A test that runs its threads on the simulated and on the stock machine, on one virtual processor and on two.</summary>
public abstract class OnBothMachines
{
    public static TheoryData<string, int> Machines => new() { { "simulated", 1 }, { "simulated", 2 }, { "stock", 1 }, { "stock", 2 } };

    protected static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    protected static ExperimentResult Run(string machine, int vps, Action<WorkloadDefinition> define, double milliseconds = 10_000) =>
        TestRun.On(TestRun.Named(machine), define, vps: vps, milliseconds: milliseconds);

    /// <summary>Runs one thread and what it spawns; all of them end, and none by an exception.</summary>
    protected static ExperimentResult RunWell(string machine, int vps, Func<ThreadContext, UserTask> body)
    {
        var result = Run(machine, vps, w => w.Thread("main", body));
        Assert.All(result.Threads, thread => Assert.Equal((thread.Name, UserThreadState.Finished, null), (thread.Name, thread.State, thread.Exception)));
        return result;
    }

    /// <summary>The kinds of exception by which threads ended, by name of the exception's type.</summary>
    protected static IEnumerable<string?> Errors(ExperimentResult result) => result.Threads.Select(thread => thread.Exception?.Split(':')[0].Split('.')[^1]);

    protected static async UserTask JoinAll(ThreadContext t, params IEnumerable<UserThread> threads)
    {
        foreach (var thread in threads) await t.Join(thread);
    }
}
