using SchedulerActivations.CoreThreads;
using SchedulerActivations.Tests.Stock.Blocking;

namespace SchedulerActivations.Tests.Stock;

/// <summary>A thread that has lost its virtual processor in a call which nobody declared.</summary>
[Collection(RecordsCollection.Name)]
public sealed class LostProcessorTests
{
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_it_awaits_next_is_not_taken_for_the_wish_of_the_thread_that_runs_there_now(bool yields)
    {
        using var pipe = new Pipe();
        var (read, rounds) = (0, 0);
        var result = TestRun.On(TestRun.Stock, w =>
        {
            w.Thread("reader", async t =>
            {
                while (read < 10) await ReadOnce(t);
            });
            w.Thread("other", async t =>
            {
                for (; rounds < 40; rounds++)
                {
                    if (rounds % 4 == 2) pipe.WriteByte();
                    // Without a safepoint: it is in its own code when the reader comes back.
                    for (var until = t.Now + TimeSpan.FromMilliseconds(2); t.Now < until;) { }
                    await t.Yield();
                }
            });
        }, milliseconds: 5000);
        StockMachineTests.RequireSwitchRecords(result);
        Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));
        Assert.Equal((10, 40), (read, rounds));

        // A method's first await has no frame yet that knows its thread.
        async UserTask ReadOnce(ThreadContext t)
        {
            pipe.ReadByte();
            if (yields) await t.Yield();
            else await Task.Delay(1);
            read++;
        }
    }
}
