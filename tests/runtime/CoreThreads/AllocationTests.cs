#if !DEBUG
using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>
/// In steady state a yield, a mutex operation and a channel message allocate nothing. Only optimized code can show it: the
/// compiler's debug form of an async method is a class, and boxes awaiters. So they are there with <c>-c Release</c> only.
/// </summary>
public sealed class AllocationTests
{
    // Two threads and what starts them; a byte for each operation would be 40 000.
    private const long Enough = 4_000;

    private static readonly UserMutex Mutex = new();
    private static readonly UserChannel<int> There = new(0), Back = new(2);

    /// <summary>Two threads each do the operation so often, together with the other.</summary>
    private static readonly Dictionary<string, Func<ThreadContext, int, bool, UserTask>> Operations = new()
    {
        ["yield"] = static async (t, count, _) =>
        {
            for (var i = 0; i < count; i++) await t.Yield();
        },
        ["mutex"] = static async (t, count, _) =>
        {
            for (var i = 0; i < count; i++)
            {
                await t.Lock(Mutex);
                t.Unlock(Mutex);
            }
        },
        ["contended mutex"] = static async (t, count, _) =>
        {
            for (var i = 0; i < count; i++)
            {
                await t.Lock(Mutex);
                await t.Yield();
                t.Unlock(Mutex);
            }
        },
        ["channel message"] = static async (t, count, first) =>
        {
            for (var i = 0; i < count; i++)
            {
                if (first) await t.Send(There, i);
                else await t.Receive(There);
                if (first) await t.Receive(Back);
                else await t.Send(Back, i);
            }
        },
    };

    public static TheoryData<string> Names => [.. Operations.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Nothing_is_allocated_for_a(string operation)
    {
        const int count = 20_000;
        var allocated = long.MaxValue;
        TestRun.On(TestRun.Stock, w => w.Thread("main", async t =>
        {
            // Steady state comes when the runtime has put optimized code in the place of its first, which boxes awaiters.
            for (var round = 0; round < 1000 && allocated > Enough; round++)
            {
                var (activation, before) = (Environment.CurrentManagedThreadId, GC.GetAllocatedBytesForCurrentThread());
                var (first, second) = (t.Spawn(u => Operations[operation](u, count, true)), t.Spawn(u => Operations[operation](u, count, false)));
                await t.Join(first);
                await t.Join(second);
                // An activation that waits for the collector may lose the virtual processor: the count is another's then.
                if (Environment.CurrentManagedThreadId == activation) allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            }
        }), milliseconds: 60_000, tracing: false);
        Assert.InRange(allocated, 0, Enough);
    }
}
#endif
