using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Machines.Simulated;

/// <summary>Something that will happen in a simulation.</summary>
/// <param name="Time">When, in nanoseconds; later where a schedule lets others go before it.</param>
/// <param name="Number">Its number: of events at the same time the older one comes first.</param>
/// <param name="Happen">What happens.</param>
/// <param name="Processor">The processor whose next step it is; else null.</param>
/// <param name="Unblocks">The thread that it lets go on in the kernel; else null.</param>
internal sealed record SimulatedEvent(long Time, long Number, Action Happen, SimulatedProcessor? Processor, UserThread? Unblocks)
{
    /// <summary>Whether its processor waits for another step by now.</summary>
    public bool Overtaken => Processor is { } processor && processor.Awaited != Number;

    public override string ToString() =>
        Processor is { } processor ? $"{processor.VirtualProcessor} goes on"
        : Unblocks is { } thread ? $"the event for {thread.Name} comes"
        : "a timer fires";
}

/// <summary>What is still to happen in a simulation, in order of time; another order where a schedule says so, up to the end of the run.</summary>
internal sealed class SimulatedEvents(Choices? choices, long end)
{
    private readonly PriorityQueue<SimulatedEvent, (long Time, long Number)> _pending = new();
    private readonly List<SimulatedEvent> _passed = [];

    /// <summary>How much time has passed only because an event came before others that were due: nobody could make use of it.</summary>
    public long Skipped { get; private set; }

    public void Add(SimulatedEvent what) => _pending.Enqueue(what, (what.Time, what.Number));

    /// <summary>Takes the next event; false when nothing will happen any more.</summary>
    public bool TryTake(long now, out SimulatedEvent next)
    {
        var skip = choices?.Choose(_pending.UnorderedItems.Count(each => !each.Element.Overtaken && each.Priority.Time < end)) ?? 0;
        while (_pending.TryDequeue(out next!, out _))
        {
            if (next.Overtaken) continue;
            if (skip-- == 0) break;
            _passed.Add(next);
        }
        if (_passed.Count == 0) return next is not null;
        Skipped += Math.Max(now, next.Time) - Math.Max(now, _passed[0].Time);
        choices!.Explain(Math.Max(now, next.Time), $"{next} before {string.Join(" and ", _passed)}");
        foreach (var passed in _passed) Add(passed);
        _passed.Clear();
        return true;
    }
}
