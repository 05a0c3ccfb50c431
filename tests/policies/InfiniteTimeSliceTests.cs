using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies.Tests;

/// <summary>A time slice without end: whoever runs does so until it blocks, yields or is preempted.</summary>
public sealed class InfiniteTimeSliceTests
{
    public static TheoryData<Type> Policies => [.. typeof(IoFirst).Assembly.GetExportedTypes().Append(typeof(RoundRobin)).Where(type => type.GetProperty("TimeSlice") is not null)];

    private static SchedulingPolicy Make(Type type)
    {
        var policy = (SchedulingPolicy)Activator.CreateInstance(type)!;
        type.GetProperty("TimeSlice")!.SetValue(policy, Timeout.InfiniteTimeSpan);
        return policy;
    }

    [Theory, MemberData(nameof(Policies))]
    public void A_thread_that_only_computes_runs_to_its_end(Type policy)
    {
        var result = PolicyRun.Of(Make(policy), w => w.Threads("computes", 3, async t => await t.Compute(TimeSpan.FromMilliseconds(300))), milliseconds: 1000);
        Assert.Equal(3, result.Counters["switches"]);
        Assert.Equal(0, result.Counters["upcalls timer"]);
        Assert.All(result.Threads, thread => Assert.Equal(TimeSpan.FromMilliseconds(300), thread.Work));
    }

    [Theory, MemberData(nameof(Policies))]
    public void All_that_give_way_get_their_turn(Type policy)
    {
        var turns = new int[6];
        PolicyRun.Of(Make(policy), w =>
        {
            for (var i = 0; i < turns.Length; i++)
            {
                var number = i;
                w.Thread($"{(char)('a' + i % 2)} {i}", async t =>
                {
                    // The last ones come when the others have had many turns.
                    if (number >= 4) await t.Sleep(TimeSpan.FromMilliseconds(500));
                    for (; ; turns[number]++)
                    {
                        await t.Compute(TimeSpan.FromMilliseconds(1));
                        await t.Yield();
                    }
                });
            }
        }, milliseconds: 1000);
        Assert.All(turns, count => Assert.True(count > 20, string.Join(' ', turns)));
    }
}
