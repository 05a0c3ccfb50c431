namespace SchedulerActivations.Machines.Linux;

/// <summary>
/// What the kernel's clock showed at a state of the processor's time-stamp counter, and the times that follow from it for the
/// states after it.
/// </summary>
/// <param name="counter">The state.</param>
/// <param name="time">The time, in nanoseconds.</param>
internal sealed class ClockReading(ulong counter, long time)
{
    /// <summary>For so many nanoseconds a reading holds: the kernel changes the clock's rate by half a thousandth at most (adjtimex(2)).</summary>
    public const long Interval = 1_000_000;

    // A rate that differs more from the last one is none: the computer has slept, or was moved to another.
    private const double LikelyChange = 0.01;

    // Nanoseconds a count; 0 while there is none. And what is reckoned with, for 2^32 counts.
    private double _rate;
    private ulong _slope;

    public ulong Counter { get; } = counter;

    public long True { get; } = time;

    /// <summary>The time that is said at the state: the true one, or a little more where time would go back.</summary>
    public long Time { get; private set; } = time;

    /// <summary>For so many counts times follow from it; 0 where the counter's rate is not known.</summary>
    public ulong Holds { get; private set; }

    /// <summary>The last time that follows from it.</summary>
    public long Until => At(Counter + Holds);

    /// <summary>The time that follows for a state.</summary>
    /// <remarks>REQUIRES: it holds for that state.</remarks>
    public long At(ulong state) => Time + (long)(((state - Counter) * _slope) >> 32);

    /// <summary>Takes the counter's rate from an earlier reading; times go on from what that has said.</summary>
    public void Follow(ClockReading last)
    {
        var (counts, elapsed) = ((double)(long)(Counter - last.Counter), (double)(True - last.True));
        var rate = elapsed / counts;
        if (counts <= 0 || (last._rate != 0 && Math.Abs((rate / last._rate) - 1) > LikelyChange))
        {
            Time = Math.Max(True, last.Until);
            return;
        }
        _rate = rate;
        Time = Math.Max(True, last.At(Math.Min(Counter, last.Counter + last.Holds)));
        Holds = (ulong)(Interval / rate);
        // Where it is ahead of the truth it goes so much slower that both meet at the end.
        var slower = Math.Min(0.5, (double)(Time - True) / Interval);
        _slope = (ulong)(rate * (1 - slower) * (1L << 32));
    }
}
