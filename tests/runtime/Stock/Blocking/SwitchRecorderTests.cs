using System.Diagnostics;
using SchedulerActivations.Machines.Stock;

namespace SchedulerActivations.Tests.Stock.Blocking;

[Collection(RecordsCollection.Name)]
public sealed class SwitchRecorderTests
{
    public SwitchRecorderTests() => Recorders.SkipWhereRefused();

    [SkippableFact]
    public void AThreadThatReadsItsOwnRecordsIsRunning()
    {
        using var recorder = Recorders.OpenHere();
        Assert.Equal(SwitchKind.Running, recorder.Read().Kind);
    }

    [SkippableFact]
    public void AThreadInABareReadIsBlockedSinceTheCallAndRunsAgainAfterIt()
    {
        using var pipe = new Pipe();
        SwitchRecorder? recorder = null;
        long called = 0;
        SwitchState afterwards = default;
        var thread = new Thread(() =>
        {
            var mine = Recorders.OpenHere();
            called = Stopwatch.GetTimestamp();
            Volatile.Write(ref recorder, mine);
            pipe.ReadByte();
            afterwards = mine.Read();
        });
        thread.Start();
        var block = Eventually(() => Volatile.Read(ref recorder)?.Read(), state => state.IsBlocked);

        Assert.InRange(block.Since, called, Stopwatch.GetTimestamp());
        Assert.Equal(block, recorder!.Read());
        pipe.WriteByte();
        thread.Join();
        Assert.Equal(SwitchKind.Running, afterwards.Kind);
        Assert.True(afterwards.Since > block.Since);
        Assert.True(afterwards.Episode >= block.Episode);
        recorder.Dispose();
    }

    [SkippableFact]
    public void AThreadThatSleepsIsBlockedAndEachSleepIsAnEpisodeOfItsOwn()
    {
        using var recorder = Recorders.OpenHere();
        var before = recorder.Read().Episode;
        for (var i = 0; i < 5; i++)
            Thread.Sleep(1);
        Assert.InRange(recorder.Read().Episode, before + 5, before + 500);
    }

    [SkippableFact]
    public void AThreadThatHasToShareItsProcessorIsPreemptedAndNotBlocked()
    {
        var stop = false;
        var seen = new List<SwitchState>();
        // More threads than processors, so that each is off its processor for whole slices.
        var threads = Enumerable.Range(0, Environment.ProcessorCount + 1).Select(_ => new ComputingThread(() => Volatile.Read(ref stop))).ToArray();
        var until = Stopwatch.StartNew();
        while (until.Elapsed < TimeSpan.FromSeconds(5) && !seen.Exists(state => state.Kind == SwitchKind.Preempted))
        {
            seen.AddRange(threads.Select(thread => thread.Recorder.Read()));
            Thread.Sleep(1);
        }

        Volatile.Write(ref stop, true);
        foreach (var thread in threads)
            thread.Dispose();
        Assert.Contains(seen, state => state.Kind == SwitchKind.Preempted);
    }

    [SkippableFact]
    public void TheNewestStateIsRightHoweverOftenTheRingWentRoundUnread()
    {
        using var recorder = Recorders.OpenHere();
        var before = recorder.Read();
        var ringfuls = 2 * Environment.SystemPageSize / SwitchRing.BytesPerRoundTrip;
        // A nap may be over before the thread has left: twice as many naps as leavings are wanted.
        for (var i = 0; i < 2 * ringfuls; i++)
            PerfEventCalls.Nap();
        var after = recorder.Read();
        Assert.Equal(SwitchKind.Running, after.Kind);
        Assert.InRange(after.Episode, before.Episode + ringfuls, long.MaxValue);
        Assert.InRange(Stopwatch.GetTimestamp() - after.Since, 0, TimeSpan.NanosecondsPerTick * TimeSpan.TicksPerSecond);
    }

    [SkippableFact]
    public void ADisposedRecorderRefusesToBeRead()
    {
        var recorder = Recorders.OpenHere();
        recorder.Dispose();
        recorder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => recorder.Read());
    }

    [SkippableFact]
    public void AThousandRecordersLeaveNoDescriptorAndNoMappingBehind()
    {
        Recorders.OpenHere().Dispose();
        var (descriptors, mappings) = (Descriptors(), Mappings());
        for (var i = 0; i < 1_000; i++)
            Recorders.OpenHere().Dispose();
        // Fewer is no leak: an activation that another test left behind may have ended meanwhile.
        Assert.InRange(Descriptors(), 0, descriptors);
        Assert.InRange(Mappings(), 0, mappings);

        static int Descriptors() => Directory.GetFiles("/proc/self/fd").Count(fd => TargetOf(fd).Contains("perf_event", StringComparison.Ordinal));
        static int Mappings() => File.ReadLines("/proc/self/maps").Count(line => line.Contains("perf_event", StringComparison.Ordinal));
        static string TargetOf(string fd) => new FileInfo(fd).LinkTarget ?? "";
    }

    private static SwitchState Eventually(Func<SwitchState?> read, Predicate<SwitchState> wanted)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < TimeSpan.FromSeconds(10))
        {
            if (read() is { } state && wanted(state))
                return state;
            Thread.Yield();
        }

        throw new TimeoutException("the state never came");
    }

    private sealed class ComputingThread : IDisposable
    {
        private readonly ManualResetEventSlim _open = new();
        private readonly Thread _thread;
        private SwitchRecorder? _recorder;

        public ComputingThread(Func<bool> stop)
        {
            _thread = new Thread(() =>
            {
                _recorder = Recorders.OpenHere();
                _open.Set();
                while (!stop())
                    Thread.SpinWait(100);
            });
            _thread.Start();
            _open.Wait();
        }

        public SwitchRecorder Recorder => _recorder!;

        public void Dispose()
        {
            _thread.Join();
            Recorder.Dispose();
        }
    }
}
