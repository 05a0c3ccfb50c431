using System.Diagnostics;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.Patched;

/// <summary>Threads that compute for ever between two safepoints, and one that outlasts them.</summary>
public sealed class NeverAwaiting : Workload
{
    public int Threads { get; set; } = 3;

    protected internal override void Define(WorkloadDefinition w)
    {
        ArgumentNullException.ThrowIfNull(w);
        var turns = new long[Threads];
        for (var i = 0; i < Threads; i++)
        {
            var me = i;
            // Ends when every thread has had its turn: no thread ever gives way by itself.
            w.Thread($"computing {i}", t =>
            {
                while (turns.Any(count => Volatile.Read(ref turns[me]) < 1 || count < 1)) Volatile.Write(ref turns[me], 1);
                return default;
            });
        }
    }
}

/// <summary>Threads that yield to each other, one that computes without an await for a hundred rounds, and one that reads a port meanwhile.</summary>
public sealed class YieldingBesideComputing : Workload
{
    private const int Yields = 20_000, Rounds = 100;

    protected internal override void Define(WorkloadDefinition w)
    {
        ArgumentNullException.ThrowIfNull(w);
        var yields = new int[3];
        for (var i = 0; i < yields.Length; i++)
        {
            var me = i;
            w.Thread($"yielding {i}", async t =>
            {
                while (yields[me] < Yields)
                {
                    Volatile.Write(ref yields[me], yields[me] + 1);
                    await t.Yield();
                }
            });
        }
        w.Thread("computing", t =>
        {
            while (Volatile.Read(ref yields[0]) < Rounds) { }
            return default;
        });
        var port = w.Port("port", Traffic.At([.. Enumerable.Range(1, 50).Select(i => TimeSpan.FromMilliseconds(4 * i))]));
        w.Thread("reader", async t =>
        {
            while (await t.Read(port) is not null) { }
            // Who yields has its turn as often as the others; one may have waited for a page.
            var some = yields.Select((_, i) => Volatile.Read(ref yields[i])).ToList();
            if (some.Max() - some.Min() > Rounds / 10) throw new InvalidOperationException($"Turns: {string.Join(", ", some)}.");
        });
    }
}

/// <summary>Does one thing that no workload should.</summary>
public sealed class Harmful : Workload
{
    public string What { get; set; } = "";

    protected internal override void Define(WorkloadDefinition w)
    {
        ArgumentNullException.ThrowIfNull(w);
        w.Thread(What, t =>
        {
            switch (What)
            {
                case "exit": Environment.Exit(3); break;
                case "panic": File.WriteAllText("/proc/sysrq-trigger", "c"); break;
                case "compute": while (Stopwatch.GetTimestamp() > 0) { } break;
                default: throw new InvalidOperationException($"There is no harm named '{What}'.");
            }
            return default;
        });
    }
}

/// <summary>Hangs when a thread that was blocked becomes ready: in answer to an unblock.</summary>
public sealed class HangsInUpcall : SchedulingPolicy
{
    private readonly ThreadQueue _ready = new();

    protected internal override void OnReady(UserThread thread, ReadyReason reason)
    {
        while (reason == ReadyReason.Unblocked) { }
        _ready.Enqueue(thread);
    }

    protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.Dequeue();
}

/// <summary>A thread whose sleeps end as its virtual processor is about to idle, and which then computes; and one that waits for an event each millisecond. Counts how often that one came in between.</summary>
public sealed class ComputeAfterSleeping : Workload
{
    private const int Rounds = 200;

    protected internal override void Define(WorkloadDefinition w)
    {
        ArgumentNullException.ThrowIfNull(w);
        var port = w.Port("port", Traffic.At([.. Enumerable.Range(1, 1000).Select(i => TimeSpan.FromMilliseconds(i))]));
        var computing = false;
        var between = 0;
        w.Thread("reader", async t =>
        {
            while (await t.Read(port) is not null)
                if (Volatile.Read(ref computing)) between++;
        });
        w.Thread("sleeper", async t =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                await t.Sleep(TimeSpan.FromTicks(1 + (round * 5)));
                var until = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 500);
                Volatile.Write(ref computing, true);
                while (Stopwatch.GetTimestamp() < until) { }
                Volatile.Write(ref computing, false);
            }
            // A page of its code may have been missing.
            if (between > Rounds / 10) throw new InvalidOperationException($"The reader came in between {between} times in {Rounds} rounds.");
        });
    }
}

/// <summary>First come, first served; all threads go first.</summary>
public sealed class AllGoFirst : SchedulingPolicy
{
    private readonly ThreadQueue _ready = new();

    protected internal override void OnCreated(UserThread thread) => thread.GoesFirst = true;

    protected internal override void OnReady(UserThread thread, ReadyReason reason) => _ready.Enqueue(thread);

    protected internal override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.Dequeue();
}
