using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Tests.CoreThreads;

/// <summary>A thread queue does what a list does, whatever comes in which order.</summary>
public sealed class ThreadQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_operations_leaves_what_a_list_would_hold(int seed) => WithThreads(60, threads =>
    {
        var (random, queue, list) = (new Random(seed), new ThreadQueue(), new List<UserThread>());
        for (var step = 0; step < 20_000; step++)
        {
            // Long stretches in which it grows, and as long ones in which it shrinks.
            var grows = random.Next(10) < (step / 500 % 2 == 0 ? 7 : 3);
            var outside = threads.Except(list).ToList();
            if (grows && outside.Count > 0)
            {
                var thread = outside[random.Next(outside.Count)];
                var how = random.Next(4);
                if (how == 0)
                {
                    queue.EnqueueFirst(thread);
                    list.Insert(0, thread);
                }
                else if (how == 1)
                {
                    list.Add(thread);
                    Assert.Same(list[0], queue.Rotate(thread));
                    list.RemoveAt(0);
                }
                else
                {
                    queue.Enqueue(thread);
                    list.Add(thread);
                }
            }
            else if (list.Count > 0)
            {
                var at = random.Next(3) switch { 0 => 0, 1 => list.Count - 1, _ => random.Next(list.Count) };
                var leaving = list[at];
                list.RemoveAt(at);
                if (at == 0 && random.Next(2) == 0) Assert.Same(leaving, queue.Dequeue());
                else if (at == list.Count && random.Next(2) == 0) Assert.Same(leaving, queue.DequeueLast());
                else Assert.True(queue.Remove(leaving));
                Assert.False(queue.Remove(leaving));
            }
            Assert.Equal((list.Count, list.FirstOrDefault()), (queue.Count, queue.First));
        }
        while (list.Count > 0)
        {
            Assert.Same(list[0], queue.Dequeue());
            list.RemoveAt(0);
        }
        Assert.Null(queue.Dequeue());
    });

    [Fact]
    public void A_thread_that_stands_in_a_queue_cannot_enter_another() => WithThreads(1, threads =>
    {
        var (one, other) = (new ThreadQueue(), new ThreadQueue());
        one.Enqueue(threads[0]);
        Assert.Throws<InvalidOperationException>(() => other.Enqueue(threads[0]));
        Assert.Throws<InvalidOperationException>(() => one.EnqueueFirst(threads[0]));
        Assert.Same(threads[0], one.Dequeue());
        other.Enqueue(threads[0]);
        Assert.Equal((0, 1), (one.Count, other.Count));
    });

    [Fact]
    public void Threads_of_two_runs_do_not_stand_in_one_queue()
    {
        var queue = new ThreadQueue();
        WithThreads(1, first =>
        {
            queue.Enqueue(first[0]);
            WithThreads(1, second => Assert.Throws<InvalidOperationException>(() => queue.Enqueue(second[0])));
            Assert.Same(first[0], queue.Dequeue());
            WithThreads(1, third =>
            {
                queue.Enqueue(third[0]);
                Assert.Same(third[0], queue.Dequeue());
            });
        });
    }

    // Threads that sleep stand in no queue of this kind.
    private static void WithThreads(int count, Action<List<UserThread>> test)
    {
        var result = TestRun.On(TestRun.Simulated, w => w.Thread("main", async t =>
        {
            var threads = Enumerable.Range(0, count).Select(_ => t.Spawn(async u => await u.Sleep(TimeSpan.FromHours(1)))).ToList();
            await t.Sleep(TimeSpan.FromMilliseconds(1));
            test(threads);
        }));
        Assert.Null(result.Threads[0].Exception);
    }
}
