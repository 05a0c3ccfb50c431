using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Benchmarks;

// What goes through a mutex or a channel.
internal static partial class Workloads
{
    public static async UserTask Locks(ThreadContext t)
    {
        var mutex = new UserMutex();
        for (var i = 0; i < 2_000_000; i++)
        {
            await t.Lock(mutex);
            t.Unlock(mutex);
        }
    }

    // Every thread gives way while it holds the mutex, so that the others find it taken.
    public static UserTask Contended(ThreadContext t)
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

    // A message is one send and its receipt, as with the peers; a channel without room, where each send meets its receive.
    public static async UserTask PingPong(ThreadContext t)
    {
        var (there, back) = (new UserChannel<int>(0), new UserChannel<int>(0));
        var echo = t.Spawn(async u =>
        {
            while (await u.ReceiveNext(there) is { HasItem: true } message) await u.Send(back, message.Item);
        });
        for (var i = 0; i < 250_000; i++)
        {
            await t.Send(there, i);
            await t.Receive(back);
        }
        t.Close(there);
        await t.Join(echo);
    }
}
