namespace SchedulerActivations.Experiments.Network;

/// <summary>
/// What became of each request of one connection. Written by one OS thread: the load generator's, or the simulation's.
/// </summary>
/// <param name="due">When each request is due, in nanoseconds from the start of the run, ascending.</param>
internal sealed class RequestLog(long[] due)
{
    private readonly ReactivityHistogram _latency = new();
    private readonly bool[] _answered = new bool[due.Length];
    private readonly bool[] _refused = new bool[due.Length];

    /// <summary>Datagrams that the kernel says it has dropped on the way.</summary>
    public int DroppedByKernel { get; set; }

    /// <summary>Replies to no request, or second replies: there should be none.</summary>
    public int Unexpected { get; private set; }

    /// <summary>When a request is due, in nanoseconds from the start of the run.</summary>
    public long Due(int number) => due[number];

    /// <summary>Whether there is a request of this number.</summary>
    public bool Has(int number) => number >= 0 && number < due.Length;

    /// <summary>The request could not be sent: its socket's buffer is full.</summary>
    public void Refuse(int number) => _refused[number] = true;

    /// <summary>The reply is back at the client.</summary>
    public void Answer(int number, long now)
    {
        if (!Has(number) || _answered[number])
        {
            Unexpected++;
            return;
        }
        _answered[number] = true;
        _latency.Record(now - due[number]);
    }

    /// <summary>The run is over: what was not answered is late, unless it was dropped.</summary>
    public NetworkLatency Close(long end)
    {
        var (answered, refused, open) = (0, 0, 0);
        for (var number = 0; number < due.Length && due[number] <= end; number++)
        {
            if (_answered[number])
            {
                answered++;
                continue;
            }
            if (_refused[number]) refused++;
            else open++;
            _latency.Record(end - due[number]);
        }
        var dropped = Math.Min(DroppedByKernel, open);
        return new NetworkLatency(_latency, answered, open - dropped, refused + dropped);
    }
}
