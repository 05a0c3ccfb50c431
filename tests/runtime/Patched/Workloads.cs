using System.Diagnostics;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.Patched;

/// <summary>Threads that disturb each other in every way that the runtime offers: allocation, forced collections, exceptions, locks, sleeps, files.</summary>
public sealed class Turmoil : Workload
{
    public int Threads { get; set; } = 8;

    public int Rounds { get; set; } = 30;

    protected internal override void Define(WorkloadDefinition w)
    {
        ArgumentNullException.ThrowIfNull(w);
        var gate = new object();
        var taken = 0;
        var port = w.Port("port", Traffic.At([.. Enumerable.Range(1, 50).Select(i => TimeSpan.FromMilliseconds(10 * i))]));
        w.Thread("io", async t =>
        {
            while (await t.Read(port) is not null) GC.KeepAlive(new byte[1000]);
        });
        w.Threads("disturbing", Threads, async t =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                var kept = Enumerable.Range(1, 40).Select(size => new byte[size * 40]).ToList();
                switch ((round + t.Thread.Id) % 6)
                {
                    case 0:
                        Thread.Sleep(1);
                        break;
                    case 1:
                        lock (gate)
                        {
                            taken++;
                            if (round % 4 == 0) Thread.Sleep(1);
                        }
                        break;
                    case 2:
                        try { throw new InvalidOperationException($"round {round}"); }
                        catch (InvalidOperationException) { }
                        break;
                    case 3:
                        kept.Add(File.ReadAllBytes("/proc/self/stat"));
                        break;
                    case 4:
                        await t.Compute(TimeSpan.FromMilliseconds(1));
                        break;
                    default:
                        await t.Yield();
                        break;
                }
                if (round % 5 == 0) GC.Collect(round / 5 % 3);
                GC.KeepAlive(kept);
            }
        });
    }
}

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
