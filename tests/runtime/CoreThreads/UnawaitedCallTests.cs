using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>A user thread that does not await what it calls: it is told, and the others go on.</summary>
public sealed class UnawaitedCallTests
{
    private const string Ended = "ended while a call it made was still going on: await every UserTask";

    public static TheoryData<string, bool> Machines => new() { { "simulated", true }, { "stock", true }, { "stock", false } };

    private static async UserTask<int> Twice(ThreadContext t)
    {
        await t.Yield();
        await t.Yield();
        return 7;
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_thread_that_ends_in_the_midst_of_its_call_fails_before_and_after_it_has_been_suspended(string machine, bool tracing)
    {
        var result = TestRun.On(TestRun.Named(machine), w =>
        {
            w.Thread("at once", t =>
            {
                _ = Twice(t);
                return default;
            });
            w.Thread("at once, a method", async t => _ = await Calling(t));
            w.Thread("later", async t =>
            {
                await t.Yield();
                _ = Twice(t);
            });
            w.Thread("throws", async t =>
            {
                await t.Yield();
                _ = Twice(t);
                throw new FormatException("its own");
            });
            w.Thread("works", async t => Assert.Equal(7, await Twice(t)));
        }, tracing: tracing);
        Assert.All(result.Threads, thread => Assert.Equal(UserThreadState.Finished, thread.State));
        Assert.Collection(result.Threads.Select(thread => thread.Exception),
            exception => Assert.Contains(Ended, exception),
            exception => Assert.Contains(Ended, exception),
            exception => Assert.Contains(Ended, exception),
            exception => Assert.Contains("its own", exception),
            Assert.Null);

        static async UserTask<int> Calling(ThreadContext t)
        {
            _ = Twice(t);
            return 1;
        }
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_second_await_is_refused_and_the_thread_may_go_on_with_the_call(string machine, bool tracing)
    {
        var answers = new List<int>();
        var result = TestRun.On(TestRun.Named(machine), w =>
        {
            foreach (var suspended in new[] { false, true })
                w.Thread(suspended ? "suspended before" : "first await", async t =>
                {
                    if (suspended) await t.Yield();
                    var call = Twice(t);
                    try
                    {
                        await t.Yield();
                    }
                    catch (InvalidOperationException refused) when (refused.Message.Contains("awaits one call at a time"))
                    {
                        answers.Add(0);
                    }
                    answers.Add(await call);
                    await t.Yield();
                    answers.Add(await Twice(t));
                });
        }, tracing: tracing);
        Assert.All(result.Threads, thread => Assert.Null(thread.Exception));
        Assert.Equal([0, 0, 7, 7, 7, 7], answers.Order());
    }
}
