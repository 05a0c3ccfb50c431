using System.Diagnostics;
using System.Globalization;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Linux;

namespace SchedulerActivations.Benchmarks;

/// <summary>What one run measures, and the line of JSON that says it.</summary>
internal sealed class Measurement(Options options)
{
    private static readonly TimeSpan Slice = TimeSpan.FromMicroseconds(200);
    private readonly long[] _latencies = new long[options.Events];
    private long[] _due = [];
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
        _due = new long[options.Events];
        _workBefore = Interlocked.Read(ref _work);
        _began = Now;
        for (var i = 0; i < options.Events; i++) _due[i] = (i == 0 ? _began : _due[i - 1]) + options.IntervalBefore(i);
    }

    /// <summary>When an event is due: of the timer only, the other sources send it along.</summary>
    public long Due(int ordinal) => _due[ordinal];

    /// <summary>Whether the events that come now count: those before are for the caches.</summary>
    public bool Counts => Volatile.Read(ref _handled) > Options.WarmUp;

    /// <summary>The handler's first instruction for an event that was due then; answers with the time.</summary>
    public long Handled(long due)
    {
        var now = Now;
        if (Interlocked.Increment(ref _handled) - 1 is var mine && mine < _latencies.Length) _latencies[mine] = now - due;
        return now;
    }

    /// <summary>Prints the line and ends the program, whatever still computes.</summary>
    /// <param name="stages">Where the time went, of a run that was made to tell.</param>
    public void Finish(IReadOnlyList<ReactivityStage>? stages = null)
    {
        var elapsed = Now - _began;
        var work = Interlocked.Read(ref _work) - _workBefore;
        var counted = _latencies.Take(_handled).Skip(Options.WarmUp);
        var split = string.Join(',', (stages ?? []).Select(stage => $"{{\"name\":\"{stage.Name}\",\"p50\":{stage.Histogram.PercentileNanoseconds(50)},\"p99\":{stage.Histogram.PercentileNanoseconds(99)}}}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{{\"variant\":\"{options.Variant}\",\"source\":\"{options.Source}\",\"computing\":{options.Computing},\"processors\":{options.Processors},\"events\":{options.Events - Options.WarmUp},\"throughput\":{(double)work / elapsed / options.Processors:0.0000},\"seconds\":{elapsed / 1e9:0.000},\"stages\":[{split}],\"latencies\":[{string.Join(',', counted)}]}}"));
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
