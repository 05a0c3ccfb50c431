namespace SchedulerActivations.CoreThreads;

/// <summary>Times as the core counts them.</summary>
internal static class Nanoseconds
{
    // 146 years, for everything longer: so that two of them can be added.
    private const long Longest = long.MaxValue / 2;

    public static long Of(TimeSpan time) => time.Ticks switch
    {
        > Longest / 100 => Longest,
        < -Longest / 100 => -Longest,
        var ticks => ticks * 100,
    };
}
