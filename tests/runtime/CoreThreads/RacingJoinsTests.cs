using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Tests.CoreThreads;

public sealed class RacingJoinsTests
{
    private const int Rounds = 20_000;

    [Fact]
    public void Threads_that_join_one_which_makes_its_first_copy_of_a_local_variable_are_woken_and_it_keeps_the_copy()
    {
        var (rounds, kept) = (0, 0);
        var result = TestRun.On(TestRun.Stock, w => w.Thread("main", async t =>
        {
            var local = new UserThreadLocal<int>();
            for (; rounds < Rounds; rounds++)
            {
                var (there, delay) = (0, rounds % 200);
                var joined = t.Spawn(async u =>
                {
                    // Both at once, as nearly as can be: the copy here and the second joiner's wait over there.
                    Volatile.Write(ref there, 1);
                    for (var i = 0; i < 60 && Volatile.Read(ref there) == 1; i++) Thread.SpinWait(1);
                    for (var i = 0; i < delay; i++) Volatile.Read(ref there);
                    local[u] = 7;
                    await u.Yield();
                    if (local[u] == 7) kept++;
                });
                var first = t.Spawn(async u => await u.Join(joined));
                var second = t.Spawn(async u =>
                {
                    Volatile.Write(ref there, 2);
                    await u.Join(joined);
                });
                await t.Join(first);
                await t.Join(second);
            }
        }), vps: 2, milliseconds: 60_000, tracing: false);
        Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));
        Assert.Equal((Rounds, Rounds), (rounds, kept));
    }
}
