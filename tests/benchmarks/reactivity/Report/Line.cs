using System.Text.Json;

namespace SchedulerActivations.Benchmarks;

/// <summary>What one run of one variant has printed; durations in nanoseconds.</summary>
// Where: put before the line by the runner (host, counted, smp).
internal sealed record Line(
    string Where, string Variant, string Source, int Computing, int Processors, int Events, int Handled, double P50, double P99, double Throughput, string? Skipped)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    /// <summary>Two processors of the host are a place of their own; the guest's kind says how many it has.</summary>
    public string Place => Where == "host" && Processors > 1 ? "host-smp" : Where;

    /// <summary>Reads lines "WHERE JSON"; what a run has said besides is left out.</summary>
    public static List<Line> Read(string path) =>
        [.. File.ReadLines(path).Select(line => line.Split(' ', 2)).Where(parts => parts.Length == 2 && parts[1].StartsWith('{'))
            .Select(parts => JsonSerializer.Deserialize<Line>(parts[1], _json)! with { Where = parts[0] })];
}
