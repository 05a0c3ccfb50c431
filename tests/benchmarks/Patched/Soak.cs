using System.Globalization;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Tests.Patched;

namespace SchedulerActivations.Benchmarks;

/// <summary>Everything that disturbs, on two virtual processors, for a long time: nothing may be lost.</summary>
internal static class Soak
{
    public static int Run(int seconds)
    {
        var result = Benchmarks.Run.Of(new Turmoil { Rounds = int.MaxValue, Seconds = seconds }, "patched", 2, TimeSpan.FromSeconds(seconds + 60));
        var left = result.Threads.Where(thread => thread.State != UserThreadState.Finished || thread.Exception is not null).ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"soak: {result.Elapsed.TotalSeconds:0} s, {Turmoil.RoundsDone} rounds, {GC.CollectionCount(0)} collections, {result.Counters["preemptions"]} preemptions, {result.Counters["kernel blocks"]} blocks; {left.Count} threads did not end well"));
        foreach (var thread in left) Console.WriteLine($"  {thread.Name}: {thread.State} {thread.Exception}");
        if (result.Ejection is { } ejection) Console.WriteLine($"  The policy was ejected: {ejection.Message}");
        return left.Count == 0 && result.Ejection is null ? 0 : 1;
    }
}
