using System.Text.Json.Serialization;
using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Experiments;

/// <summary>When events arrive at a port: an open-loop source, decided before the run and independent of who reads.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(PeriodicTraffic), "periodic")]
[JsonDerivedType(typeof(PoissonTraffic), "poisson")]
[JsonDerivedType(typeof(ListedTraffic), "listed")]
public abstract record Traffic
{
    /// <summary>An event every <paramref name="interval"/>, the first one after one interval.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The interval is not positive.</exception>
    public static Traffic Periodic(TimeSpan interval) => new PeriodicTraffic(interval);

    /// <summary>Events at exponentially distributed intervals.</summary>
    /// <param name="perSecond">Mean number of events a second.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not a positive number.</exception>
    public static Traffic Poisson(double perSecond) => new PoissonTraffic(perSecond);

    /// <summary>Events at the given times from the start of the run.</summary>
    /// <exception cref="ArgumentException">A time is negative, or earlier than the one before it.</exception>
    public static Traffic At(params IReadOnlyList<TimeSpan> times) => new ListedTraffic(times);

    /// <summary>The arrival times before <paramref name="end"/>, in nanoseconds, ascending.</summary>
    internal abstract IEnumerable<long> DueTimes(Random random, long end);
}

internal sealed record PeriodicTraffic : Traffic
{
    public PeriodicTraffic(TimeSpan interval) => Interval = interval > TimeSpan.Zero ? interval
        : throw new ArgumentOutOfRangeException(nameof(interval), interval, "Periodic traffic needs a positive interval.");

    public TimeSpan Interval { get; }

    internal override IEnumerable<long> DueTimes(Random random, long end)
    {
        var interval = Nanoseconds.Of(Interval);
        for (var due = interval; due < end; due += interval) yield return due;
    }
}

internal sealed record PoissonTraffic : Traffic
{
    public PoissonTraffic(double perSecond) => PerSecond = perSecond > 0 && double.IsFinite(perSecond) ? perSecond
        : throw new ArgumentOutOfRangeException(nameof(perSecond), perSecond, "Poisson traffic needs a positive rate (events a second).");

    public double PerSecond { get; }

    internal override IEnumerable<long> DueTimes(Random random, long end)
    {
        double due = 0;
        while ((due -= Math.Log(1 - random.NextDouble()) * 1e9 / PerSecond) < end) yield return (long)due;
    }
}

internal sealed record ListedTraffic : Traffic
{
    public ListedTraffic(IReadOnlyList<TimeSpan> times)
    {
        ArgumentNullException.ThrowIfNull(times);
        for (var i = 0; i < times.Count; i++)
            if (times[i] < (i == 0 ? TimeSpan.Zero : times[i - 1]))
                throw new ArgumentException($"Arrival time {i} ({times[i]}) is negative or earlier than the one before it.", nameof(times));
        Times = times;
    }

    public IReadOnlyList<TimeSpan> Times { get; }

    internal override IEnumerable<long> DueTimes(Random random, long end) =>
        Times.Select(Nanoseconds.Of).Where(due => due < end);
}
