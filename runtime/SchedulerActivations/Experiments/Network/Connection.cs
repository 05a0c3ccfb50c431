using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Experiments.Network;

/// <summary>
/// The server's end of a connection at which a client's requests arrive, at instants that are fixed before the run (open
/// loop). On a real machine it is a socket on the loopback interface and the client a load generator beside the server;
/// on a simulated one arrivals are modelled as those of a <see cref="Port"/> are, and a reply takes no time.
/// </summary>
/// <example>
/// <code>
/// var connection = w.Connection("client", TransportProtocol.Tcp, Traffic.Poisson(perSecond: 100));
/// w.Thread("serve", async t =>
/// {
///     while (await connection.Receive(t) is { } request)
///     {
///         await t.Compute(TimeSpan.FromMicroseconds(50));
///         connection.Reply(t, request);
///     }
/// });
/// </code>
/// </example>
/// <remarks>REQUIRES: one thread at a time receives and replies.</remarks>
public sealed class Connection
{
    internal Connection(Port port, TransportProtocol protocol, int requestBytes)
    {
        Port = port;
        Protocol = protocol;
        RequestBytes = requestBytes;
        Log = new RequestLog(port.Due);
    }

    /// <summary>The connection's name.</summary>
    public string Name => Port.Name;

    /// <summary>What its requests travel by on a real machine.</summary>
    public TransportProtocol Protocol { get; }

    /// <summary>Size of a request and of its reply, in bytes.</summary>
    public int RequestBytes { get; }

    /// <summary>Measures when requests reach their thread.</summary>
    internal Port Port { get; }

    internal RequestLog Log { get; }

    /// <summary>The socket; null on a simulated machine.</summary>
    internal ServerSocket? Socket { get; set; }

    /// <summary>Waits for the next request, blocking in the kernel until it is there; null when no more come.</summary>
    public async UserTask<NetworkRequest?> Receive(ThreadContext t)
    {
        if (Socket is not { } socket)
            return await t.Read(Port) is { } arrived ? new NetworkRequest(arrived.Number, arrived.Due) : null;
        // A request that is there already is taken without handing the virtual processor on: others have their turn here.
        await t.Sleep(TimeSpan.Zero);
        if (!socket.TryReceive()) await t.Call(socket.Receive);
        if (!Log.Has(socket.Received)) return null;
        t.Thread.Scheduler.RecordHandled(t.Thread, Port, socket.Received);
        return new NetworkRequest(socket.Received, TimeSpan.FromTicks(Log.Due(socket.Received) / 100));
    }

    /// <summary>Sends the reply to a request.</summary>
    public void Reply(ThreadContext t, NetworkRequest request)
    {
        if (Socket is { } socket) socket.Send(request.Number);
        else Log.Answer(request.Number, t.Thread.Scheduler.Kernel.Now);
    }
}
