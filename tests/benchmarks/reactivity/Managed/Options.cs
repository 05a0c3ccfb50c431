using System.Globalization;

namespace SchedulerActivations.Benchmarks;

/// <summary>The command line that all peers share.</summary>
internal sealed record Options(string Variant, string Source, int Computing, int Processors, int Events, long Interval, ulong Seed, TimeSpan Chunk)
{
    /// <summary>So many events go before those that count, as in c/common.h.</summary>
    public const int WarmUp = 200;

    public static Options? Parse(string[] args)
    {
        var given = args.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
        string Text(string name, string otherwise = "") => given.GetValueOrDefault(name, otherwise);
        long Number(string name, long otherwise) => long.TryParse(Text(name), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
        var options = new Options(Text("--variant"), Text("--source"), (int)Number("--computing", -1), (int)Number("--processors", 1), (int)Number("--events", 500) + WarmUp,
            Number("--interval", 5000) * 1000, (ulong)Number("--seed", 1), TimeSpan.FromMilliseconds(Number("--chunk", 50)));
        return options is { Source: "timerfd" or "pipe" or "tcp", Computing: >= 0, Processors: >= 1, Events: > WarmUp, Interval: >= 1000 } && options.Chunk > TimeSpan.Zero ? options : null;
    }

    /// <summary>The time from one event to the next, in nanoseconds; splitmix64, as in c/common.c.</summary>
    public long IntervalBefore(int ordinal)
    {
        var x = unchecked((Seed * 0x9E3779B97F4A7C15UL) + ((ulong)(ordinal + 1) * 0xD1342543DE82EF95UL));
        x = unchecked((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL);
        x = unchecked((x ^ (x >> 27)) * 0x94D049BB133111EBUL);
        return (Interval / 2) + (long)((x ^ (x >> 31)) % (ulong)Interval);
    }
}
