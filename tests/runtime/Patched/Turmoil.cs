using System.Net;
using System.Net.Sockets;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Tests.Patched;

/// <summary>Threads that disturb each other in every way that the runtime offers: allocation, forced collections, exceptions, locks, sleeps, files, sockets.</summary>
public sealed class Turmoil : Workload
{
    private static long _roundsDone;

    /// <summary>What all threads of the process have done together.</summary>
    public static long RoundsDone => Interlocked.Read(ref _roundsDone);

    public int Threads { get; set; } = 8;

    /// <summary>How many rounds a thread makes.</summary>
    public int Rounds { get; set; } = 35;

    /// <summary>For how long it makes them at most.</summary>
    public double Seconds { get; set; } = double.PositiveInfinity;

    protected internal override void Define(WorkloadDefinition w)
    {
        ArgumentNullException.ThrowIfNull(w);
        var gate = new object();
        var taken = 0;
        var events = double.IsFinite(Seconds) ? (int)(Seconds * 100) : 50;
        var port = w.Port("port", Traffic.At([.. Enumerable.Range(1, events).Select(i => TimeSpan.FromMilliseconds(10 * i))]));
        w.Thread("io", async t =>
        {
            while (await t.Read(port) is not null) GC.KeepAlive(new byte[1000]);
        });
        w.Threads("disturbing", Threads, async t =>
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            for (var round = 0; round < Rounds && t.Now.TotalSeconds < Seconds; round++)
            {
                var kept = Enumerable.Range(1, 40).Select(size => new byte[size * 40]).ToList();
                switch ((round + t.Thread.Id) % 7)
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
                    case 5:
                        Converse(listener);
                        break;
                    default:
                        await t.Yield();
                        break;
                }
                if (round % 5 == 0) GC.Collect(round / 5 % 3);
                GC.KeepAlive(kept);
                Interlocked.Increment(ref _roundsDone);
            }
        });
    }

    // A connection to oneself, and a byte there and back.
    private static void Converse(Socket listener)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        using var server = listener.Accept();
        var message = new byte[1];
        client.Send(message);
        if (server.Receive(message) != 1 || server.Send(message) != 1 || client.Receive(message) != 1)
            throw new InvalidOperationException("A byte was lost on the loopback.");
    }
}
