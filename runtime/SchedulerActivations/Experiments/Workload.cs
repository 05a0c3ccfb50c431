using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments.Network;

namespace SchedulerActivations.Experiments;

/// <summary>
/// A workload: the user threads of a run and the events that arrive at them. A subclass says what there is; its public
/// settable properties are its settings.
/// </summary>
/// <example>
/// <code>
/// public sealed class Mixed : Workload
/// {
///     public int Computing { get; set; } = 8;
///
///     protected override void Define(WorkloadDefinition w)
///     {
///         var requests = w.Port("requests", Traffic.Poisson(perSecond: 200));
///         w.Threads("compute", Computing, async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(1)); });
///         w.Thread("io", async t => { while (await t.Read(requests) is not null) await t.Compute(TimeSpan.FromMicroseconds(50)); });
///     }
/// }
/// </code>
/// </example>
public abstract class Workload
{
    /// <summary>Says which ports and threads there are. Called once, before the run starts.</summary>
    protected internal abstract void Define(WorkloadDefinition w);
}

/// <summary>Collects what a <see cref="Workload"/> consists of.</summary>
public sealed class WorkloadDefinition
{
    // All are decided before the run: a rate or a run without bounds would fill the memory, and no interrupt would end that.
    private const int MostEvents = 50_000_000;

    private readonly Random _random;
    private readonly long _end;

    internal WorkloadDefinition(ulong seed, TimeSpan duration)
    {
        _random = Seeded.Random(seed);
        _end = Nanoseconds.Of(duration);
    }

    internal List<Port> Ports { get; } = [];

    internal List<Connection> Connections { get; } = [];

    internal List<(string Name, int Priority, Func<ThreadContext, UserTask> Body)> Initial { get; } = [];

    /// <summary>Adds a port at which events arrive.</summary>
    /// <param name="name">Its name in results and charts.</param>
    /// <param name="traffic">When its events arrive.</param>
    /// <exception cref="ArgumentException">The name is empty or taken, or there would be more than 50 million events.</exception>
    public Port Port(string name, Traffic traffic)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(traffic);
        if (Ports.Exists(port => port.Name == name)) throw new ArgumentException($"The workload already has a port named '{name}'.", nameof(name));
        var port = new Port(Ports.Count, name, [.. traffic.DueTimes(_random, _end).Take(MostEvents + 1)]);
        if (port.Due.Length > MostEvents) throw new ArgumentException($"More than 50 million events would arrive at port '{name}'. Lower the rate of its traffic, or make the run shorter.", nameof(traffic));
        Ports.Add(port);
        return port;
    }

    /// <summary>
    /// The server's port on the loopback interface of a real machine (UDP: the first of as many as there are
    /// connections); 0, the default, for any that is free.
    /// </summary>
    public int ServerPort { get; set; }

    /// <summary>Adds a connection at which a client's requests arrive.</summary>
    /// <param name="name">Its name in results and charts.</param>
    /// <param name="protocol">What its requests travel by on a real machine.</param>
    /// <param name="traffic">When its requests are due.</param>
    /// <param name="requestBytes">Size of a request and of its reply.</param>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size does not hold a request's number, or does not fit a datagram.</exception>
    public Connection Connection(string name, TransportProtocol protocol, Traffic traffic, int requestBytes = 64)
    {
        if (requestBytes is < 4 or > 65_507)
            throw new ArgumentOutOfRangeException(nameof(requestBytes), requestBytes, "A request has between 4 bytes (its number) and 65507 (the most that a datagram holds).");
        var connection = new Connection(Port(name, traffic), protocol, requestBytes);
        Connections.Add(connection);
        return connection;
    }

    /// <summary>Adds a thread that exists when the run starts.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="body">What it does.</param>
    /// <param name="priority">Its priority, for policies that look at it; a higher number is more urgent.</param>
    public void Thread(string name, Func<ThreadContext, UserTask> body, int priority = 0)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(body);
        Initial.Add((name, priority, body));
    }

    /// <summary>Adds several threads that do the same; they are numbered from 1.</summary>
    /// <param name="name">Their name, to which the number is added.</param>
    /// <param name="count">How many.</param>
    /// <param name="body">What each does.</param>
    /// <param name="priority">Their priority.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public void Threads(string name, int count, Func<ThreadContext, UserTask> body, int priority = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        for (var i = 1; i <= count; i++) Thread($"{name} {i}", body, priority);
    }
}
