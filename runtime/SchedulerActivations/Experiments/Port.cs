namespace SchedulerActivations.Experiments;

/// <summary>
/// Where events arrive. The arrival times are fixed before the run (open loop), so a late reader finds its events
/// waiting and cannot hide its delay. Each event goes to one reader.
/// </summary>
public sealed class Port
{
    private readonly bool[] _handled;
    private int _claimed;

    internal Port(int number, string name, long[] due)
    {
        Number = number;
        Name = name;
        Due = due;
        _handled = new bool[due.Length];
    }

    /// <summary>The port's name.</summary>
    public string Name { get; }

    internal int Number { get; }

    // When each event is due, in nanoseconds from the start of the run, ascending.
    internal long[] Due { get; }

    internal ReactivityHistogram Reactivity { get; } = new();

    /// <summary>What a run that took so long, in nanoseconds, has measured.</summary>
    internal PortReactivity Measure(long elapsed)
    {
        var (due, handled) = (Due.Count(time => time <= elapsed), Reactivity.Count);
        // Whoever leaves events lying does not look quick for it: they have waited until now, and would have gone on.
        // They need not be the last ones: one of several readers may have been kept waiting, a datagram may have been dropped.
        for (var number = 0; number < due; number++)
            if (!_handled[number]) Reactivity.Record(elapsed - Due[number]);
        return new PortReactivity(Name, Reactivity, due, handled);
    }

    /// <summary>An event has reached its handler.</summary>
    internal void Handle(int number, long now)
    {
        _handled[number] = true;
        Reactivity.Record(now - Due[number]);
    }

    /// <summary>Gives the next event to its reader: its number, or -1 when no more come.</summary>
    internal int Claim()
    {
        var index = Interlocked.Increment(ref _claimed) - 1;
        return index < Due.Length ? index : -1;
    }
}

/// <summary>An event that arrived at a port.</summary>
/// <param name="Number">Its number at the port, from 0.</param>
/// <param name="Due">When it was due, from the start of the run.</param>
public readonly record struct PortEvent(int Number, TimeSpan Due);
