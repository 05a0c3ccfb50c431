namespace SchedulerActivations.CoreThreads;

/// <summary>Random numbers that follow from a run's seed.</summary>
internal static class Seeded
{
    /// <summary>The seed that <see cref="Random"/> takes is shorter, and of a negative one it ignores the sign: long ones are mixed (Fibonacci hashing).</summary>
    public static Random Random(ulong seed) => new(seed <= int.MaxValue ? (int)seed : Mixed(seed));

    /// <summary>As above, for seeds that follow each other and shall have nothing in common.</summary>
    public static Random Apart(ulong seed) => new(Mixed(seed));

    private static int Mixed(ulong seed) => (int)(seed * 0x9E37_79B9_7F4A_7C15 >> 33);
}
