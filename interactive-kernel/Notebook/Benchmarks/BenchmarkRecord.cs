using System.Text.Json;

namespace SchedulerActivations.Notebook;

/// <summary>One comparison that a benchmark made: what <c>make bench-…</c> writes to <c>out/bench/</c>.</summary>
/// <param name="Name">What was measured, and behind an @ where: <c>p99-32@host</c>.</param>
/// <param name="Unit">The unit of both values.</param>
/// <param name="Ours">Our value: the median of the runs.</param>
/// <param name="Peer">Whom it is compared with.</param>
/// <param name="PeerValue">The peer's value.</param>
/// <param name="Ratio">How many times as good ours is; below 1 it is worse.</param>
/// <param name="Runs">Number of runs of each.</param>
/// <param name="Spread">Distance between the quartiles of the runs' ratios, in proportion to the ratio.</param>
public sealed record BenchmarkRecord(string Name, string Unit, double Ours, string Peer, double PeerValue, double Ratio, int Runs, double Spread)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>What was measured, without where.</summary>
    public string Quantity => Name.Split('@')[0];

    /// <summary>Where it was measured: <c>counted</c>, <c>smp</c>, <c>host</c>; empty when the name does not say.</summary>
    public string Where => Name.Contains('@', StringComparison.Ordinal) ? Name.Split('@', 2)[1] : "";

    /// <summary>Reads the records that a benchmark has written.</summary>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public static IReadOnlyList<BenchmarkRecord> Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<List<BenchmarkRecord>>(File.ReadAllText(path), s_json) is { } records && records.TrueForAll(record => record?.Name is not null && record.Peer is not null)
                ? records : throw new InvalidDataException($"The file '{path}' has a record without a name or a peer.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The file '{path}' does not hold a benchmark's records: {exception.Message}", exception);
        }
    }

    /// <summary>Writes records, replacing the file.</summary>
    public static void Save(IEnumerable<BenchmarkRecord> records, string path)
    {
        var text = JsonSerializer.Serialize(records.Select(record => new { record.Name, record.Unit, record.Ours, record.Peer, record.PeerValue, record.Ratio, record.Runs, record.Spread }), s_json);
        File.WriteAllText(path, text + "\n");
    }

    /// <summary>
    /// The file that a make target writes, looked for in <c>out/bench/</c> of the current folder and of those above it (a
    /// notebook runs in its own folder); null when it has not been written.
    /// </summary>
    /// <param name="name">The file's name, for example <c>core.json</c>.</param>
    public static string? Find(string name)
    {
        for (var folder = Directory.GetCurrentDirectory(); folder is not null; folder = Path.GetDirectoryName(folder))
            if (Path.Combine(folder, "out", "bench", name) is var path && File.Exists(path)) return path;
        return null;
    }
}
