using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>Channels among user threads.</summary>
public sealed class ChannelTests : OnBothMachines
{
    public static TheoryData<string, int, int?> Capacities
    {
        get
        {
            var data = new TheoryData<string, int, int?>();
            foreach (var machine in new[] { "simulated", "stock" })
                foreach (var vps in new[] { 1, 2 })
                    foreach (var capacity in new int?[] { 0, 1, 7, null })
                        data.Add(machine, vps, capacity);
            return data;
        }
    }

    private static UserChannel<int> Channel(int? capacity) => capacity is { } bounded ? new UserChannel<int>(bounded) : new UserChannel<int>();

    [Theory, MemberData(nameof(Capacities))]
    public void Every_item_is_received_once_and_each_senders_items_in_order(string machine, int vps, int? capacity)
    {
        var channel = Channel(capacity);
        var received = new List<int>[3];
        RunWell(machine, vps, async t =>
        {
            var senders = Enumerable.Range(0, 3).Select(sender => t.Spawn(async c =>
            {
                for (var i = 0; i < 50; i++)
                {
                    await c.Send(channel, (sender * 1000) + i);
                    if (i % 7 == 0) await c.Yield();
                }
            })).ToList();
            var receivers = Enumerable.Range(0, 3).Select(receiver => t.Spawn(async c =>
            {
                received[receiver] = [];
                while (await c.ReceiveNext(channel) is { HasItem: true } next) received[receiver].Add(next.Item);
            })).ToList();
            await JoinAll(t, senders);
            t.Close(channel);
            await JoinAll(t, receivers);
        });
        Assert.Equal(Enumerable.Range(0, 150).Select(i => (i / 50 * 1000) + (i % 50)), received.SelectMany(each => each).Order());
        foreach (var items in received)
            foreach (var sender in items.GroupBy(item => item / 1000))
                Assert.Equal(sender.Order(), sender);
    }

    [Theory, MemberData(nameof(Machines))]
    public void Two_threads_play_ping_pong(string machine, int vps)
    {
        var (ping, pong) = (new UserChannel<int>(0), new UserChannel<int>(0));
        var last = 0;
        RunWell(machine, vps, async t =>
        {
            var other = t.Spawn(async c =>
            {
                for (var i = 0; i < 500; i++) await c.Send(pong, await c.Receive(ping) + 1);
            });
            for (var i = 0; i < 500; i++)
            {
                await t.Send(ping, last);
                last = await t.Receive(pong);
            }
            await t.Join(other);
        });
        Assert.Equal(500, last);
    }

    [Theory, MemberData(nameof(Machines))]
    public void A_bounded_channel_makes_its_sender_wait(string machine, int vps)
    {
        var channel = new UserChannel<int>(2);
        RunWell(machine, vps, async t =>
        {
            Assert.True(await t.Send(channel, 1));
            Assert.True(t.TrySend(channel, 2));
            Assert.False(t.TrySend(channel, 3));
            Assert.False(await t.Send(channel, 3, Ms(2)));
            Assert.Equal(2, channel.Count);
            var sender = t.Spawn(async c => Assert.True(await c.Send(channel, 4, TimeSpan.FromSeconds(5))));
            await t.Sleep(Ms(5));
            Assert.Equal(1, await t.Receive(channel));
            await t.Join(sender);
            Assert.Equal(2, await t.Receive(channel));
            Assert.Equal(4, await t.Receive(channel));
            Assert.False(t.TryReceive(channel, out _));
            Assert.Equal(new Received<int>(false, 0, false), await t.ReceiveNext(channel, Ms(2)));
        });
    }

    [Theory, MemberData(nameof(Machines))]
    public void Closing_wakes_who_waits_and_what_was_sent_before_is_received(string machine, int vps)
    {
        var (full, empty) = (new UserChannel<string>(1), new UserChannel<string>());
        var closed = 0;
        RunWell(machine, vps, async t =>
        {
            await t.Send(full, "before");
            var sender = t.Spawn(async c =>
            {
                try { await c.Send(full, "never"); }
                catch (UserChannelClosedException) { Interlocked.Increment(ref closed); }
            });
            var receiver = t.Spawn(async c =>
            {
                try { await c.Receive(empty); }
                catch (UserChannelClosedException) { Interlocked.Increment(ref closed); }
            });
            await t.Sleep(Ms(5));
            t.Close(full);
            t.Close(empty);
            t.Close(empty);
            await t.Join(sender);
            await t.Join(receiver);
            Assert.Equal("before", await t.Receive(full));
            Assert.Equal(new Received<string>(false, null, true), await t.ReceiveNext(full));
            Assert.False(t.TrySend(full, "never"));
        });
        Assert.Equal(2, closed);
    }

    [Theory, MemberData(nameof(Machines))]
    public void Misuse_is_an_error_of_the_thread_that_errs(string machine, int vps)
    {
        var closed = new UserChannel<int>(1);
        var result = Run(machine, vps, w =>
        {
            w.Thread("sends into a closed one", async t =>
            {
                t.Close(closed);
                await t.Send(closed, 1);
            });
            w.Thread("sends into none", async t => await t.Send<int>(null!, 1));
            w.Thread("waits for less than no time", async t => await t.ReceiveNext(closed, Ms(-2)));
            w.Thread("works", async t => await t.Compute(Ms(1)));
        });
        Assert.Equal(["UserChannelClosedException", "ArgumentNullException", "ArgumentOutOfRangeException", null], Errors(result));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UserChannel<int>(-1));
    }

    [Theory, MemberData(nameof(Machines))]
    public void Waiting_at_a_channel_for_ever_is_a_deadlock(string machine, int vps)
    {
        var result = Run(machine, vps, w =>
        {
            w.Thread("a", async t => await t.Receive(new UserChannel<int>()));
            w.Thread("b", async t => await t.Send(new UserChannel<int>(0), 1));
        }, milliseconds: 2000);
        Assert.Contains("Deadlock: a waits for an item from an empty channel; b waits for a receiver at a full channel.", result.Notes);
    }
}
