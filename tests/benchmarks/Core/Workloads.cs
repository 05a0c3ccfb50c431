using System.Globalization;
using System.Diagnostics;
using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Benchmarks;

/// <summary>Our side of every comparison. The peers' programs (../peers) do the same work, operation by operation.</summary>
internal static partial class Workloads
{
    // So many repetitions that the compiler has done its best before the last of them. The peer "task" makes as many.
    private const int UntilWarm = 60;

    // Trees of threads under hand-off, which is for them, and all else under round robin, but for those whose name says otherwise.
    public static readonly IReadOnlyDictionary<string, (string Unit, Func<double> Measure)> All = new Dictionary<string, (string, Func<double>)>
    {
        ["yield"] = ("ns", () => CoreRun.Measure(t => Best(t, UntilWarm, 1e6, Yields))),
        ["ping-pong"] = ("ns", () => CoreRun.Measure(t => Best(t, UntilWarm, 5e5, PingPong))),
        ["mutex"] = ("ns", () => CoreRun.Measure(t => Best(t, UntilWarm, 2e6, Locks))),
        ["mutex-contended"] = ("ns", () => CoreRun.Measure(t => Best(t, UntilWarm, 2e5, Contended))),
        ["create-join"] = ("ns", () => CoreRun.Measure(t => Best(t, UntilWarm, 2e5, CreateJoin))),
        ["sumtime-2000"] = ("ms", () => CoreRun.Measure(t => Best(t, 3000, 1e6, u => Sumtime(u, 2_000)), policy: new HandOff())),
        ["sumtime-2000-round-robin"] = ("ms", () => CoreRun.Measure(t => Best(t, 3000, 1e6, u => Sumtime(u, 2_000)))),
        ["sumtime-100000"] = ("ms", () => CoreRun.Measure(t => Best(t, UntilWarm, 1e6, u => Sumtime(u, 100_000)), policy: new HandOff())),
        ["sumtime-1000000"] = ("ms", () => CoreRun.Measure(t => Best(t, 3, 1e6, u => Sumtime(u, 1_000_000)), policy: new HandOff())),
        ["sumtime-1000000-round-robin"] = ("ms", () => CoreRun.Measure(t => Best(t, 3, 1e6, u => Sumtime(u, 1_000_000)))),
        ["sumtime-1000000-stealing"] = ("ms", () => CoreRun.Measure(t => Best(t, 3, 1e6, u => Sumtime(u, 1_000_000)), policy: new Policies.WorkStealing())),
        ["skynet-1000000"] = ("ms", () => CoreRun.Measure(t => Best(t, 10, 1e6, Skynet), policy: new HandOff())),
        ["skynet-1000000-round-robin"] = ("ms", () => CoreRun.Measure(t => Best(t, 10, 1e6, Skynet))),
        ["sleeping-thread-bytes"] = ("bytes", () => CoreRun.Measure(t => SleepingBytes(t, 1_000_000))),
        ["ten-million-threads"] = ("GiB", () => CoreRun.Measure(t => AllAtOnce(t, 10_000_000))),
        ["yield-traced"] = ("ns", TracedYields),
        ["sumtime-1vp"] = ("ms", () => CoreRun.Measure(t => Best(t, 5, 1e6, u => ComputingSumtime(u, 4_000)), processors: 1)),
        ["sumtime-2vp"] = ("ms", () => CoreRun.Measure(t => Best(t, 5, 1e6, u => ComputingSumtime(u, 4_000)), processors: 2)),
        ["sumtime-2vp-stealing"] = ("ms", () => CoreRun.Measure(t => Best(t, 5, 1e6, u => ComputingSumtime(u, 4_000)), processors: 2, policy: new Policies.WorkStealing())),
    };

    /// <summary>Runs it for the sake of what else is measured.</summary>
    public static UserTask<double> Once(ThreadContext t, Func<ThreadContext, UserTask> run) => Best(t, 1, 1, run);

    // The best of several repetitions: the one that the machine's other load disturbed least. All peers do the same.
    private static async UserTask<double> Best(ThreadContext t, int repetitions, double operations, Func<ThreadContext, UserTask> run)
    {
        var least = double.MaxValue;
        for (var i = 0; i < repetitions; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await run(t);
            least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }
        return least / operations;
    }

    private static async UserTask Together(ThreadContext t, int count, Func<ThreadContext, UserTask> body)
    {
        var threads = new UserThread[count];
        for (var i = 0; i < count; i++) threads[i] = t.Spawn(body);
        foreach (var thread in threads) await t.Join(thread);
    }

    public static UserTask Yields(ThreadContext t) => Together(t, 2, async u =>
    {
        for (var i = 0; i < 500_000; i++) await u.Yield();
    });

    // A trace keeps its first million events, two for a yield: a run of its own for each repetition, with less yields than that,
    // after others that warm the code up.
    private static double TracedYields()
    {
        var least = double.MaxValue;
        for (var i = 0; i < UntilWarm; i++)
        {
            least = Math.Min(least, CoreRun.Measure(t => Best(t, 1, 4e5, u => Together(u, 2, async v =>
            {
                for (var j = 0; j < 200_000; j++) await v.Yield();
            })), tracing: true));
        }
        return least;
    }

    private static UserTask CreateJoin(ThreadContext t)
    {
        return Many(t);

        static async UserTask Many(ThreadContext t)
        {
            for (var i = 0; i < 200_000; i++) await t.Join(t.Spawn(static _ => default));
        }
    }

    private static async UserTask<double> SleepingBytes(ThreadContext t, int count)
    {
        var before = Resident();
        for (var i = 0; i < count; i++) t.Spawn(static async u => await u.Sleep(TimeSpan.FromHours(1)));
        await t.Yield();
        await t.Yield();
        return (double)(Resident() - before) / count;
    }

    // So many threads that are all there at once, each suspended in the middle, and end. Answers with the most memory that it took.
    private static async UserTask<double> AllAtOnce(ThreadContext t, int count)
    {
        var ended = new UserLatch(count);
        for (var i = 0; i < count; i++)
        {
            t.Spawn(async u =>
            {
                await u.Yield();
                u.CountDown(ended);
            });
        }
        await t.Wait(ended);
        var peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
        return long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0 / 1024;
    }

    private static long Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
