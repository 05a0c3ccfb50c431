namespace SchedulerActivations.Experiments.Network;

/// <summary>
/// What the clients of a run's connections have seen. Every request that was due is in exactly one of the three counts,
/// and once in the histogram.
/// </summary>
/// <param name="Latency">
/// From the instant at which a request was due until its reply was back at the client. A request without a reply counts with
/// the time it had waited when the run ended: its real latency is longer, and leaving it out would flatter an overloaded server.
/// </param>
/// <param name="Answered">Requests whose reply came back during the run.</param>
/// <param name="Late">Requests that had no reply when the run ended, and were not dropped.</param>
/// <param name="Dropped">Requests that never reached their thread: a buffer was full.</param>
public sealed record NetworkLatency(ReactivityHistogram Latency, long Answered, long Late, long Dropped)
{
    /// <summary>Requests that were due during the run.</summary>
    public long Offered => Answered + Late + Dropped;

    /// <summary>Puts together what all connections have seen; null where there are none.</summary>
    internal static NetworkLatency? Of(IReadOnlyList<Connection> connections, long end)
    {
        if (connections.Count == 0) return null;
        var each = connections.Select(connection => connection.Log.Close(end)).ToList();
        return new NetworkLatency(ReactivityHistogram.Merge(each.Select(part => part.Latency)),
            each.Sum(part => part.Answered), each.Sum(part => part.Late), each.Sum(part => part.Dropped));
    }
}
