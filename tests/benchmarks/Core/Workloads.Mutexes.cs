using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Benchmarks;

// What goes through a mutex.
internal static partial class Workloads
{
    private static async UserTask Locks(ThreadContext t)
    {
        var mutex = new UserMutex();
        for (var i = 0; i < 2_000_000; i++)
        {
            await t.Lock(mutex);
            t.Unlock(mutex);
        }
    }

    // Every thread gives way while it holds the mutex, so that the others find it taken.
    private static UserTask Contended(ThreadContext t)
    {
        var mutex = new UserMutex();
        return Together(t, 4, async u =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                await u.Lock(mutex);
                await u.Yield();
                u.Unlock(mutex);
            }
        });
    }

    // Until the core has channels, the turn is handed to and fro by a mutex: giving it back makes the other thread,
    // which waits for it, its owner. A message is one hand-over, as one send and its receipt are with the peers.
    private static UserTask PingPong(ThreadContext t)
    {
        var turn = new UserMutex();
        return Together(t, 2, async u =>
        {
            await u.Lock(turn);
            await u.Yield();
            for (var i = 0; i < 250_000; i++)
            {
                u.Unlock(turn);
                await u.Lock(turn);
            }
            u.Unlock(turn);
        });
    }
}
