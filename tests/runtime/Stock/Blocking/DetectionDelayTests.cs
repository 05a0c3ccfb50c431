using System.Diagnostics;
using HdrHistogram;
using SchedulerActivations.Machines.Stock;
using Xunit.Abstractions;

namespace SchedulerActivations.Tests.Stock.Blocking;

[Collection(RecordsCollection.Name)]
public sealed class DetectionDelayTests(ITestOutputHelper output)
{
    [SkippableTheory]
    [InlineData(0)]
    [InlineData(60)]
    public void EveryBlockIsReportedAndNotBeforeTheGrace(int graceMicroseconds)
    {
        Recorders.SkipWhereRefused();
        const int Blocks = 500;
        var grace = TimeSpan.FromMicroseconds(graceMicroseconds);
        var delays = new LongHistogram(TimeStamp.Seconds(10), 3);
        using var reported = new SemaphoreSlim(0);
        using var pipe = new Pipe();
        using var watcher = new BlockingWatcher(
            (_, block) =>
            {
                delays.RecordValue(Math.Max(0, Stopwatch.GetTimestamp() - block.Since));
                reported.Release();
            },
            grace);
        using var thread = new WatchedThread(watcher, _ =>
        {
            for (var i = 0; i < Blocks; i++)
                pipe.ReadByte();
        });
        for (var i = 0; i < Blocks; i++)
        {
            // A block of the runtime's own is reported too; then one byte comes early, and one read does not block.
            _ = reported.Wait(TimeSpan.FromMilliseconds(100));
            pipe.WriteByte();
        }

        thread.Join();
        output.WriteLine(
            $"grace {graceMicroseconds} us: switch-out to report, us: p50 {Microseconds(50):F1}  p99 {Microseconds(99):F1}  max {Microseconds(100):F1}");
        Assert.InRange(delays.TotalCount, Blocks * 9 / 10, long.MaxValue);
        Assert.True(Microseconds(50) >= graceMicroseconds, "A report came before the grace was over.");

        double Microseconds(double percentile) => delays.GetValueAtPercentile(percentile) / 1_000.0;
    }
}
