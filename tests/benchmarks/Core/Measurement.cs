using System.Text.Json;

namespace SchedulerActivations.Benchmarks;

/// <summary>What one run of one workload says: a line of JSON, the same from us and from every peer.</summary>
internal sealed record Measurement(string Name, string Peer, string Unit, double Value)
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web);

    public string ToJson() => JsonSerializer.Serialize(this, _options);

    public static Measurement FromJson(string line) => JsonSerializer.Deserialize<Measurement>(line, _options)!;
}
