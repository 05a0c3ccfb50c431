using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace SchedulerActivations.Machines.Linux;

/// <summary>
/// Calibrated work: a chain of dependent integer operations, so many for a nanosecond of an undisturbed processor. It
/// measures what was computed, not how long it took: being preempted is not progress.
/// </summary>
internal static class WorkUnit
{
    private static readonly double _stepsPerNanosecond = Calibrate();
    private static ulong _sink;

    /// <summary>Does the work of so many nanoseconds.</summary>
    public static void Do(long nanoseconds) => _sink = Run((long)(nanoseconds * _stepsPerNanosecond));

    /// <summary>Calibrates now and not during the first run's first computation.</summary>
    public static void Prepare() => RuntimeHelpers.RunClassConstructor(typeof(WorkUnit).TypeHandle);

    // The fastest of several short stretches: the one that nothing disturbed.
    private static double Calibrate()
    {
        const long steps = 1_000_000;
        var fastest = double.MaxValue;
        for (var i = 0; i < 15; i++)
        {
            var start = Stopwatch.GetTimestamp();
            _sink = Run(steps);
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }
        return steps / fastest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static ulong Run(long steps)
    {
        var x = 88172645463325252UL;
        for (var i = 0L; i < steps; i++)
        {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
        return x;
    }
}
