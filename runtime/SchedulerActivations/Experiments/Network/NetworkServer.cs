using System.Globalization;

namespace SchedulerActivations.Experiments.Network;

/// <summary>
/// A request/reply server under open-loop load, with computing threads beside it: the paper's "multithreaded networking
/// application". One user thread for each connection, blocking calls. Clients send at random instants whether or not earlier
/// requests have been answered; <see cref="ExperimentResult.Network"/> says what they saw.
/// </summary>
public sealed class NetworkServer : Workload
{
    /// <summary>Most connections a run can have: each takes two sockets and a thread.</summary>
    public const int MostConnections = 2000;

    /// <summary>What requests travel by on a real machine.</summary>
    public TransportProtocol Protocol { get; set; } = TransportProtocol.Tcp;

    /// <summary>Number of connections, each with a thread of its own.</summary>
    public int Connections { get; set; } = 16;

    /// <summary>The offered load: requests a second over all connections together, on average (Poisson).</summary>
    public double RequestsPerSecond { get; set; } = 1000;

    /// <summary>Work that a request costs its thread.</summary>
    public TimeSpan WorkPerRequest { get; set; } = TimeSpan.FromMicroseconds(100);

    /// <summary>Number of threads that compute without end.</summary>
    public int ComputingThreads { get; set; } = 8;

    /// <summary>Work a computing thread does between two safepoints.</summary>
    public TimeSpan WorkBetweenSafepoints { get; set; } = TimeSpan.FromMicroseconds(200);

    /// <summary>Size of a request and of its reply, in bytes.</summary>
    public int RequestBytes { get; set; } = 64;

    /// <summary>The server's port on the loopback interface (UDP: the first of as many as there are connections); 0 for any that is free.</summary>
    public int Port { get; set; }

    /// <summary>Threads of this workload whose name begins so compute; those that serve have the name of their connection.</summary>
    internal const string ComputingName = "compute";

    /// <inheritdoc/>
    protected internal override void Define(WorkloadDefinition w)
    {
        ArgumentNullException.ThrowIfNull(w);
        Validate();
        w.ServerPort = Port;
        for (var i = 1; i <= Connections; i++)
        {
            var connection = w.Connection(string.Create(CultureInfo.InvariantCulture, $"connection {i}"), Protocol, Traffic.Poisson(RequestsPerSecond / Connections), RequestBytes);
            w.Thread(connection.Name, async t =>
            {
                while (await connection.Receive(t) is { } request)
                {
                    await t.Compute(WorkPerRequest);
                    connection.Reply(t, request);
                }
            }, priority: 1);
        }
        w.Threads(ComputingName, ComputingThreads, async t =>
        {
            while (true) await t.Compute(WorkBetweenSafepoints);
        });
    }

    private void Validate()
    {
        if (Connections is < 1 or > MostConnections)
            throw new ArgumentOutOfRangeException(nameof(Connections), Connections, $"A network server needs between 1 and {MostConnections} connections.");
        if (!(RequestsPerSecond > 0) || !double.IsFinite(RequestsPerSecond))
            throw new ArgumentOutOfRangeException(nameof(RequestsPerSecond), RequestsPerSecond, "The offered load of a network server must be a positive number of requests a second.");
        if (WorkPerRequest < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(WorkPerRequest), WorkPerRequest, "The work that a request costs cannot be negative.");
        if (WorkBetweenSafepoints <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(WorkBetweenSafepoints), WorkBetweenSafepoints, "The work between two safepoints must be positive.");
        if (ComputingThreads < 0)
            throw new ArgumentOutOfRangeException(nameof(ComputingThreads), ComputingThreads, "The number of computing threads cannot be negative.");
        if (Port is < 0 or > 65535 || (Protocol == TransportProtocol.Udp && Port > 0 && Port + Connections - 1 > 65535))
            throw new ArgumentOutOfRangeException(nameof(Port), Port, "The server's port must be 0 (any that is free) or so that the last one is at most 65535.");
    }
}
