namespace SchedulerActivations.Experiments;

/// <summary>
/// Where events arrive. The arrival times are fixed before the run (open loop), so a late reader finds its events
/// waiting and cannot hide its delay. Each event goes to one reader.
/// </summary>
public sealed class Port
{
    // As which one of all each was handled, from 1; 0 while it was not.
    private readonly int[] _turns;
    private int _claimed, _handled;

    internal Port(int number, string name, long[] due)
    {
        Number = number;
        Name = name;
        Due = due;
        _turns = new int[due.Length];
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
            if (_turns[number] == 0) Reactivity.Record(elapsed - Due[number]);
        return new PortReactivity(Name, Reactivity, due, handled);
    }

    /// <summary>An event has reached its handler.</summary>
    internal void Handle(int number, long now)
    {
        _turns[number] = ++_handled;
        Reactivity.Record(now - Due[number]);
    }

    /// <summary>The detail of an event's <see cref="TraceEventKind.EventDue"/>.</summary>
    internal int Lateness(int number) => _turns[number] - (number + 1);

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
