using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Experiments.Network;

/// <summary>
/// A workload's connections on a real machine: sockets on the loopback interface, opened before the run, and the load
/// generator that is the client of all of them. The server keeps to as many processors as the run has virtual ones; the
/// generator has the others, where there are any.
/// </summary>
internal sealed class LoopbackNetwork : IDisposable
{
    private readonly List<(Connection Connection, Socket Client)> _ends = [];
    private readonly ProcessorSplit _processors;
    private readonly LoadGenerator _generator;

    private LoopbackNetwork(WorkloadDefinition workload, Experiment experiment)
    {
        try
        {
            Open(workload);
        }
        catch
        {
            CloseSockets();
            throw;
        }
        _processors = new ProcessorSplit(experiment.VirtualProcessors);
        _generator = new LoadGenerator(_ends, _processors, Nanoseconds.Of(experiment.Duration));
    }

    /// <summary>Opens the workload's connections; null where it has none.</summary>
    /// <exception cref="IOException">A socket cannot be opened; the message says which and what to do.</exception>
    public static LoopbackNetwork? Open(WorkloadDefinition workload, Experiment experiment) =>
        workload.Connections.Count == 0 ? null : new LoopbackNetwork(workload, experiment);

    /// <summary>The clients begin.</summary>
    /// <param name="origin">The start of the run on CLOCK_MONOTONIC, in nanoseconds.</param>
    public void Start(long origin) => _generator.Start(origin);

    /// <summary>The run is over: the clients stop, and threads that are blocked in a connection return.</summary>
    public void Stop()
    {
        _generator.Stop();
        foreach (var (connection, client) in _ends)
        {
            if (connection.Protocol == TransportProtocol.Udp)
                connection.Log.DroppedByKernel = Drops(connection.Socket!.Socket) + Drops(client);
            connection.Socket!.Shutdown();
        }
    }

    /// <summary>What a reader of the result has to know.</summary>
    public IEnumerable<string> Notes()
    {
        if (!_processors.IsSplit) yield return "The load generator shares the processors with the server: part of the latency is its own waiting.";
        var unexpected = _ends.Sum(end => end.Connection.Log.Unexpected);
        if (unexpected > 0) yield return $"{unexpected} replies belonged to no request, or came twice.";
    }

    public void Dispose()
    {
        _generator.Stop();
        CloseSockets();
        _processors.Dispose();
    }

    private void Open(WorkloadDefinition workload)
    {
        using var listener = workload.Connections.Any(connection => connection.Protocol == TransportProtocol.Tcp)
            ? Bind(SocketType.Stream, ProtocolType.Tcp, workload.ServerPort) : null;
        listener?.Listen(backlog: 16);
        var datagramPort = workload.ServerPort;
        foreach (var connection in workload.Connections)
        {
            var client = connection.Protocol == TransportProtocol.Tcp
                ? OpenStream(connection, listener!)
                : OpenDatagrams(connection, datagramPort == 0 ? 0 : datagramPort++);
            _ends.Add((connection, client));
        }
    }

    private static Socket OpenStream(Connection connection, Socket listener)
    {
        var client = Guarded(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }, "A client's socket cannot be opened");
        Guarded(() => { client.Connect(listener.LocalEndPoint!); return client; }, $"The loopback interface refuses a connection to {listener.LocalEndPoint}");
        while (true)
        {
            var server = Guarded(listener.Accept, "A server's socket cannot be opened");
            // Somebody else on this computer may have found the port.
            if (!Equals(server.RemoteEndPoint, client.LocalEndPoint))
            {
                server.Dispose();
                continue;
            }
            server.NoDelay = true;
            connection.Socket = new ServerSocket(server, connection.RequestBytes);
            return client;
        }
    }

    private static Socket OpenDatagrams(Connection connection, int port)
    {
        var server = Bind(SocketType.Dgram, ProtocolType.Udp, port);
        var client = Bind(SocketType.Dgram, ProtocolType.Udp, 0);
        client.Connect(server.LocalEndPoint!);
        server.Connect(client.LocalEndPoint!);
        connection.Socket = new ServerSocket(server, connection.RequestBytes);
        return client;
    }

    private static Socket Bind(SocketType type, ProtocolType protocol, int port)
    {
        var socket = Guarded(() => new Socket(AddressFamily.InterNetwork, type, protocol), "A server's socket cannot be opened");
        return Guarded(() => { socket.Bind(new IPEndPoint(IPAddress.Loopback, port)); return socket; },
            string.Create(CultureInfo.InvariantCulture, $"Port {port} ({protocol}) of the loopback interface cannot be used; set the server's port to another one, or to 0 for any that is free"));
    }

    private static Socket Guarded(Func<Socket> open, string what)
    {
        try { return open(); }
        catch (SocketException exception) { throw new IOException($"{what}: {exception.Message}.", exception); }
    }

    // SO_MEMINFO (include/uapi/linux/sock_diag.h): the ninth word counts dropped datagrams.
    private static int Drops(Socket socket)
    {
        Span<byte> information = stackalloc byte[36];
        return socket.GetRawSocketOption(1, 55, information) == information.Length ? BitConverter.ToInt32(information[32..]) : 0;
    }

    private void CloseSockets()
    {
        foreach (var (connection, client) in _ends)
        {
            connection.Socket!.Shutdown();
            connection.Socket.Dispose();
            client.Dispose();
        }
    }
}
