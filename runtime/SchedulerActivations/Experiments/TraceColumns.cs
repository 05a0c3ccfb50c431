using System.Text.Json;
using System.Text.Json.Serialization;

namespace SchedulerActivations.Experiments;

/// <summary>Writes a trace's events as columns: a fifth of the size of a list of objects, and what data frames want.</summary>
internal sealed class TraceColumns : JsonConverter<IReadOnlyList<TraceEvent>>
{
    private sealed record Columns(long[] Time, int[] VirtualProcessor, int[] Thread, TraceEventKind[] Kind, int[] Detail);

    public override IReadOnlyList<TraceEvent> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var columns = JsonSerializer.Deserialize<Columns>(ref reader, options) ?? throw new JsonException("A trace has no columns.");
        Array?[] all = [columns.Time, columns.VirtualProcessor, columns.Thread, columns.Kind, columns.Detail];
        if (Array.Exists(all, column => column is null || column.Length != all[0]!.Length)) throw new JsonException("A trace's columns differ in length, or one is missing.");
        return [.. columns.Time.Select((time, i) => new TraceEvent(
            time, columns.VirtualProcessor[i], columns.Thread[i], columns.Kind[i], columns.Detail[i]))];
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<TraceEvent> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new Columns(
            [.. value.Select(e => e.Time)], [.. value.Select(e => e.VirtualProcessor)], [.. value.Select(e => e.Thread)],
            [.. value.Select(e => e.Kind)], [.. value.Select(e => e.Detail)]), options);
}
