using System.Text.Json;

namespace SchedulerActivations.Benchmarks;

/// <summary>What one run of one variant has printed: the reactivity of its events in nanoseconds, and what the computing threads got; or why there is nothing.</summary>
// Where: put before the line by the runner (host, counted, smp).
internal sealed record Line(
    string Where, string Variant, string Source, int Computing, int Processors, int Events, double Throughput, Stage[]? Stages, long[]? Latencies, string? Skipped, string? Failed)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    /// <summary>Two processors of the host are a place of their own; the guest's kind says how many it has.</summary>
    public string Place => Where == "host" && Processors > 1 ? "host-smp" : Where;

    /// <summary>Reads lines "WHERE JSON"; what a run has said besides is left out.</summary>
    public static IEnumerable<Line> Read(string path) =>
        File.ReadLines(path).Select(line => line.Split(' ', 2)).Where(parts => parts.Length == 2 && parts[1].StartsWith('{'))
            .Select(parts => JsonSerializer.Deserialize<Line>(parts[1], _json)! with { Where = parts[0] });
}

/// <summary>How long a stage from event to handler took, in nanoseconds.</summary>
internal sealed record Stage(string Name, long P50, long P99);
