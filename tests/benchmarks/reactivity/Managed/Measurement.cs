using System.Diagnostics;
using System.Globalization;
using SchedulerActivations.Machines.Linux;

namespace SchedulerActivations.Benchmarks;

/// <summary>What one run measures, and the line of JSON that says it.</summary>
internal sealed class Measurement(Options options)
{
    private static readonly TimeSpan Slice = TimeSpan.FromMicroseconds(200);
    private readonly long[] _latencies = new long[options.Events];
    private int _handled;
    private long _work, _began, _workBefore;

    public bool IsComplete => Volatile.Read(ref _handled) >= options.Events;

    /// <summary>What <c>clock_gettime(CLOCK_MONOTONIC)</c> says, in nanoseconds.</summary>
    public static long Now => Stopwatch.GetTimestamp();

    /// <summary>Computes for one chunk without letting anybody else run; what is done counts as it is done.</summary>
    public void Compute()
    {
        for (var done = TimeSpan.Zero; done < options.Chunk; done += Slice)
        {
            WorkUnit.Do(Slice.Ticks * 100);
            Interlocked.Add(ref _work, Slice.Ticks * 100);
        }
    }

    /// <summary>Says "ready" to the launcher.</summary>
    public static void SayReady()
    {
        Console.WriteLine("ready");
        Console.Out.Flush();
    }

    /// <summary>The launcher has answered: events come from here on.</summary>
    public void Begin()
    {
        _workBefore = Interlocked.Read(ref _work);
        _began = Now;
    }

    /// <summary>When the timer's event is due, given when the one before was.</summary>
    public long DueAfter(int ordinal, long previous) => (ordinal == 0 ? _began : previous) + options.IntervalBefore(ordinal);

    /// <summary>The handler's first instruction for an event that was due then.</summary>
    public void Handled(long due)
    {
        var latency = Now - due;
        if (Interlocked.Increment(ref _handled) - 1 is var mine && mine < _latencies.Length) _latencies[mine] = latency;
    }

    /// <summary>Prints the line and ends the program, whatever still computes.</summary>
    public void Finish()
    {
        var elapsed = Now - _began;
        var work = Interlocked.Read(ref _work) - _workBefore;
        // In the order in which they were handled: the first ones do not count.
        var sorted = _latencies.Take(_handled).Skip(Options.WarmUp).Order().ToArray();
        var handled = sorted.Length;
        long Percentile(double share) => handled == 0 ? 0 : sorted[(int)Math.Ceiling(share * handled) - 1];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{{\"variant\":\"{options.Variant}\",\"source\":\"{options.Source}\",\"computing\":{options.Computing},\"processors\":{options.Processors},\"events\":{options.Events - Options.WarmUp},\"handled\":{handled},\"p50\":{Percentile(0.5)},\"p90\":{Percentile(0.9)},\"p99\":{Percentile(0.99)},\"max\":{Percentile(1)},\"throughput\":{(double)work / elapsed / options.Processors:0.0000},\"seconds\":{elapsed / 1e9:0.000}}}"));
        Console.Out.Flush();
        Environment.Exit(0);
    }

    /// <summary>This variant cannot be measured here: says why and ends the program.</summary>
    public static void Skip(Options options, string why)
    {
        Console.WriteLine($"{{\"variant\":\"{options.Variant}\",\"source\":\"{options.Source}\",\"computing\":{options.Computing},\"processors\":{options.Processors},\"skipped\":\"{why}\"}}");
        Environment.Exit(0);
    }
}
