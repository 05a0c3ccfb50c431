using SchedulerActivations.Experiments;

namespace SchedulerActivations.Exploration;

/// <summary>
/// A workload as data: threads that use everything a thread can use, made at random, shrunk, printed, and run again. All
/// its threads end under any policy that keeps its contract, and so do those of every program that is left of it when
/// steps or threads are taken out.
/// </summary>
/// <remarks>
/// So no step waits for another thread of the program for good: locks are nested in one order (reader-writer lock, plain mutex,
/// mutex that passes priorities, semaphore), a condition is awaited with a time-out, and who meets at a barrier, a latch
/// or a channel is made for it.
/// </remarks>
public sealed class RandomProgram : Workload
{
    /// <summary>The threads.</summary>
    public IReadOnlyList<ProgramThread> Threads { get; set; } = [];

    /// <inheritdoc/>
    protected internal override void Define(WorkloadDefinition w)
    {
        ArgumentNullException.ThrowIfNull(w);
        // A port that nobody reads would only stand in the charts.
        var port = Threads.Any(thread => thread.Steps.Any(Reads)) ? w.Port("port", Traffic.At([.. Enumerable.Range(1, 12).Select(i => TimeSpan.FromMicroseconds(400 * i))])) : null;
        var world = new ProgramWorld(port);
        for (var i = 0; i < Threads.Count; i++)
        {
            var steps = Threads[i].Steps;
            w.Thread($"t{i + 1}", t => world.RunAsync(t, steps), Threads[i].Priority);
        }
    }

    /// <summary>Makes a program.</summary>
    internal static RandomProgram Make(Random random) =>
        new() { Threads = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => new ProgramThread(random.Next(-2, 3), Steps(random, StepKind.Compute, depth: 0)))] };

    // Inside a lock: what comes after it in the order of the locks. Inside a cancelled thread: locks only, as nobody may
    // be left waiting for it.
    private static List<ProgramStep> Steps(Random random, StepKind outer, int depth)
    {
        StepKind[] simple = [StepKind.Compute, StepKind.Compute, StepKind.Yield, StepKind.Sleep, StepKind.Read, StepKind.Prioritize, StepKind.Signal, StepKind.Broadcast];
        StepKind[] locks = [StepKind.Share, StepKind.Write, StepKind.WriteWithin, StepKind.Lock, StepKind.LockWithin, StepKind.Hold];
        var allowed = outer switch
        {
            StepKind.Share or StepKind.Write or StepKind.WriteWithin => [.. simple, StepKind.Lock, StepKind.LockWithin, StepKind.Hold],
            StepKind.Lock or StepKind.LockWithin => [.. simple, StepKind.Hold],
            StepKind.Hold => simple,
            StepKind.Cancel => [.. simple, .. locks, StepKind.Await],
            _ => (StepKind[])[.. simple, .. locks, .. locks, StepKind.Await, StepKind.Await, StepKind.Meet, StepKind.Count, StepKind.Receive, StepKind.Cancel, .. depth < 2 ? [StepKind.Spawn] : Array.Empty<StepKind>()],
        };
        return [.. Enumerable.Range(0, random.Next(1, depth == 0 ? 7 : 4)).Select(_ => Make(random, allowed[random.Next(allowed.Length)], depth + 1))];
    }

    private static ProgramStep Make(Random random, StepKind kind, int depth)
    {
        int[] microseconds = [10, 100, 700, 3000, 12_000];
        var number = kind switch
        {
            StepKind.Compute or StepKind.Sleep or StepKind.LockWithin or StepKind.WriteWithin or StepKind.Await => microseconds[random.Next(microseconds.Length)],
            StepKind.Prioritize => random.Next(-2, 4),
            StepKind.Lock => random.Next(2),
            StepKind.Meet or StepKind.Count or StepKind.Receive => random.Next(2, 5),
            _ => 0,
        };
        return new ProgramStep(kind, number, HasInside(kind) ? Steps(random, kind, depth) : null);
    }

    private static bool Reads(ProgramStep step) => step.Kind == StepKind.Read || step.Inside?.Any(Reads) == true;

    internal static bool HasInside(StepKind kind) =>
        kind is StepKind.Lock or StepKind.LockWithin or StepKind.Share or StepKind.Write or StepKind.WriteWithin or StepKind.Hold or StepKind.Spawn or StepKind.Cancel;
}
