using System.Diagnostics;
using SchedulerActivations.Machines.Stock;

namespace SchedulerActivations.Tests.Stock.Blocking;

[Collection(RecordsCollection.Name)]
public sealed class BlockingWatcherTests
{
    private static readonly TimeSpan SomeTime = TimeSpan.FromMilliseconds(300);

    private readonly Reports _reports = new();

    public BlockingWatcherTests() => Recorders.SkipWhereRefused();

    [SkippableFact]
    public void ABareReadOnAnEmptyPipeIsReportedOnceWithItsOwner()
    {
        using var pipe = new Pipe();
        using var watcher = new BlockingWatcher(_reports.Add);
        using var thread = new WatchedThread(watcher, _ => pipe.ReadByte());

        var (owner, block) = _reports.Next();
        Assert.Same(thread, owner);
        Assert.True(thread.Activation.IsStillIn(block));
        Thread.Sleep(SomeTime);
        Assert.Equal(0, _reports.Count);

        pipe.WriteByte();
        thread.Join();
        Assert.False(thread.Activation.IsStillIn(block));
    }

    [SkippableFact]
    public void EveryOneOfManyBlocksIsReported()
    {
        const int Blocks = 300;
        using var pipe = new Pipe();
        using var watcher = new BlockingWatcher(_reports.Add);
        using var thread = new WatchedThread(watcher, _ =>
        {
            for (var i = 0; i < Blocks; i++)
                pipe.ReadByte();
        });
        var episodes = new HashSet<long>();
        for (var i = 0; i < Blocks; i++)
        {
            // What a block outside the pipe adds (the runtime's own) is reported too, and not what is counted here.
            SwitchState block;
            do
                block = _reports.Next().Block;
            while (!thread.Activation.IsStillIn(block));
            Assert.True(episodes.Add(block.Episode), "one block was reported twice");
            pipe.WriteByte();
        }

        thread.Join();
    }

    [SkippableFact]
    public void ASleepingThreadIsReported()
    {
        using var watcher = new BlockingWatcher(_reports.Add);
        using var thread = new WatchedThread(watcher, _ => Thread.Sleep(50));
        _reports.Next();
        thread.Join();
    }

    [SkippableFact]
    public void AWaitWhileNotArmedIsNotReported()
    {
        using var pipe = new Pipe();
        using var watcher = new BlockingWatcher(_reports.Add);
        using var thread = new WatchedThread(watcher, _ => pipe.ReadByte(), armed: false);
        Thread.Sleep(SomeTime);
        pipe.WriteByte();
        thread.Join();
        Assert.Equal(0, _reports.Count);
    }

    [SkippableFact]
    public void ABlockShorterThanTheGraceIsNotReported()
    {
        using var watcher = new BlockingWatcher(_reports.Add, TimeSpan.FromSeconds(10));
        using var thread = new WatchedThread(watcher, _ =>
        {
            for (var i = 0; i < 20; i++)
                Thread.Sleep(1);
        });
        thread.Join();
        watcher.Dispose();
        Assert.Equal(0, _reports.Count);
    }

    [SkippableFact]
    public void ComputingThreadsThatShareProcessorsAreNotReportedAndWakeTheWatcherAtMostOnceForEachLeaving()
    {
        var stop = false;
        using var watcher = new BlockingWatcher(_reports.Add);
        var threads = Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => new WatchedThread(watcher, _ =>
        {
            while (!Volatile.Read(ref stop))
                Thread.SpinWait(50);
        })).ToArray();
        Thread.Sleep(SomeTime);
        var reports = _reports.Count;
        Volatile.Write(ref stop, true);
        foreach (var thread in threads)
            thread.Join();
        watcher.Dispose();
        var leavings = threads.Sum(thread => thread.Activation.Recorder.Read().Episode);
        foreach (var thread in threads)
            thread.Dispose();

        Assert.Equal(0, reports);
        Assert.True(leavings > threads.Length, "nobody was preempted: the test shows nothing");
        // One wake-up for each leaving and each listing, and the bell; a second one would be a return's: the storm's beginning.
        Assert.InRange(watcher.Counts.WakeUps, 0, leavings + threads.Length + 1);
    }

    [SkippableFact]
    public void NothingWakesTheWatcherWhileNothingHappens()
    {
        using var pipe = new Pipe();
        using var watcher = new BlockingWatcher(_reports.Add);
        using var thread = new WatchedThread(watcher, _ => pipe.ReadByte());
        _reports.Next();
        var before = watcher.Counts.WakeUps;
        Thread.Sleep(SomeTime);
        Assert.InRange(watcher.Counts.WakeUps - before, 0, 1);
        pipe.WriteByte();
        thread.Join();
    }

    [SkippableFact]
    public void AllOfManyThreadsAreReported()
    {
        using var pipe = new Pipe();
        using var watcher = new BlockingWatcher(_reports.Add);
        var threads = Enumerable.Range(0, 40).Select(i => new WatchedThread(watcher, _ => pipe.ReadByte())).ToArray();
        var reported = new HashSet<object>();
        while (reported.Count < threads.Length)
            reported.Add(_reports.Next().Owner);
        foreach (var _ in threads)
            pipe.WriteByte();
        foreach (var thread in threads)
        {
            thread.Join();
            thread.Dispose();
        }
    }

    [SkippableFact]
    public void AnActivationMayBeForgottenWhileItIsBlocked()
    {
        using var pipe = new Pipe();
        using var watcher = new BlockingWatcher(_reports.Add);
        using var thread = new WatchedThread(watcher, _ => pipe.ReadByte());
        _reports.Next();
        thread.Dispose();
        thread.Dispose();
        pipe.WriteByte();
        thread.Join();
    }

    [SkippableFact]
    public void TheWatcherMayBeDisposedWhileThreadsAreBlocked()
    {
        using var pipe = new Pipe();
        var watcher = new BlockingWatcher(_reports.Add);
        using var thread = new WatchedThread(watcher, _ => pipe.ReadByte());
        _reports.Next();
        watcher.Dispose();
        watcher.Dispose();
        using (var own = Recorders.OpenHere())
            Assert.Throws<ObjectDisposedException>(() => watcher.Watch(own, thread));
        pipe.WriteByte();
        thread.Join();
    }

    [SkippableFact]
    public void AThreadThatEndsWhileWatchedLetsTheWatcherSleep()
    {
        using var watcher = new BlockingWatcher(_reports.Add);
        using var thread = new WatchedThread(watcher, _ => { });
        thread.Join();
        Thread.Sleep(50);
        var before = watcher.Counts.WakeUps;
        Thread.Sleep(SomeTime);
        Assert.InRange(watcher.Counts.WakeUps - before, 0, 1);
    }

    [SkippableFact]
    public void ThreadsStoppedByTheCollectorAreHardlyEverReported()
    {
        const int Collections = 300;
        var stop = false;
        using var watcher = new BlockingWatcher(_reports.Add);
        using var thread = new WatchedThread(watcher, _ =>
        {
            while (!Volatile.Read(ref stop))
                Thread.SpinWait(1);
        });
        var episodes = thread.Activation.Recorder.Read().Episode;
        for (var i = 0; i < Collections; i++)
            GC.Collect(i % 3);
        var reports = _reports.Count;
        episodes = thread.Activation.Recorder.Read().Episode - episodes;
        Volatile.Write(ref stop, true);
        thread.Join();

        Skip.If(episodes < Collections / 3, "the collector hardly stopped anybody");
        // A report too many is allowed (the machine makes sure); most pauses must not become one.
        Assert.InRange(reports, 0, Collections / 5);
    }

    [SkippableFact]
    public void ABlockThatLastsIsReportedThoughTheCollectorIsBusy()
    {
        using var pipe = new Pipe();
        using var watcher = new BlockingWatcher(_reports.Add);
        using var thread = new WatchedThread(watcher, _ => pipe.ReadByte());
        var waited = Stopwatch.StartNew();
        while (_reports.Count == 0 && waited.Elapsed < TimeSpan.FromSeconds(10))
            GC.Collect(0);
        _reports.Next();
        pipe.WriteByte();
        thread.Join();
    }
}
