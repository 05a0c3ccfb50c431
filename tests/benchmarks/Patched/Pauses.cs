using System.Globalization;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Benchmarks;

/// <summary>How long the collector stops everybody, while threads allocate, compute without safepoints and answer events.</summary>
internal static class Pauses
{
    private static readonly ReactivityHistogram _pauses = new();

    public static int Run(string machine, int seconds)
    {
        var result = Benchmarks.Run.Of(new Collecting(), machine, Environment.ProcessorCount, TimeSpan.FromSeconds(seconds));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{machine}: {_pauses.Count} collections, pause p50 {_pauses.P50.TotalMilliseconds:0.00} ms, p99 {_pauses.P99.TotalMilliseconds:0.00} ms, longest {_pauses.Max.TotalMilliseconds:0.00} ms; {result.Reactivity.Count} events answered"));
        return result.Ejection is null && _pauses.Count > 0 ? 0 : 1;
    }

    /// <summary>Threads that compute, threads that allocate, threads that answer events, and one that forces a collection now and then.</summary>
    public sealed class Collecting : Workload
    {
        protected internal override void Define(WorkloadDefinition w)
        {
            ArgumentNullException.ThrowIfNull(w);
            for (var i = 0; i < 4; i++)
            {
                var port = w.Port($"port {i}", Traffic.Poisson(200));
                w.Thread($"io {i}", async t =>
                {
                    while (await t.Read(port) is not null) GC.KeepAlive(new byte[1000]);
                });
            }
            w.Threads("computing", 4, async t =>
            {
                while (true) await t.Compute(TimeSpan.FromMilliseconds(20));
            });
            w.Threads("allocating", 4, async t =>
            {
                for (var round = 0; ; round++)
                {
                    for (var i = 0; i < 100; i++) GC.KeepAlive(new byte[1000]);
                    await t.Yield();
                }
            });
            w.Thread("collecting", async t =>
            {
                for (var generation = 0; ; generation = (generation + 1) % 3)
                {
                    await t.Sleep(TimeSpan.FromMilliseconds(20));
                    GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
                    _pauses.Record((long)GC.GetGCMemoryInfo(GCKind.FullBlocking).PauseDurations[0].TotalNanoseconds);
                }
            });
        }
    }
}
