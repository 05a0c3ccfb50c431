using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace SchedulerActivations.Experiments;

// Results as JSON: the form in which they are kept, and from which everything else about them can be made again.
public sealed partial record ExperimentResult
{
    private const int Format = 1;

    [SuppressMessage("Performance", "CA1812", Justification = "Made by the deserializer.")]
    private sealed record Document(int Format, ExperimentResult Result);

    /// <summary>Saves the result; a file that is there already is replaced as a whole or not at all.</summary>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = File.Create(unfinished)) JsonSerializer.Serialize(file, new Document(Format, this), ExperimentJson.Options);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Reads a saved result.</summary>
    /// <exception cref="InvalidDataException">The file is not a saved result, or of a later version; the message says which.</exception>
    public static ExperimentResult Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Read(File.ReadAllBytes(path), $"The file '{path}'");
    }

    /// <summary>The result as the JSON text that <see cref="Save"/> writes.</summary>
    public string ToJson() => JsonSerializer.Serialize(new Document(Format, this), ExperimentJson.Options);

    /// <summary>Reads the text that <see cref="ToJson"/> gave.</summary>
    /// <exception cref="InvalidDataException">The text is not a result, or of a later version; the message says which.</exception>
    public static ExperimentResult FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Read(Encoding.UTF8.GetBytes(json), "The text");
    }

    private static ExperimentResult Read(ReadOnlySpan<byte> json, string what)
    {
        try
        {
            var format = ReadFormat(json) ?? throw new InvalidDataException($"{what} is not a saved experiment result: it does not begin with \"format\".");
            if (format != Format)
                throw new InvalidDataException($"{what} is a result in format {format}; this version reads format {Format} only. Use the version of the notebook that wrote it, or a newer one.");
            return JsonSerializer.Deserialize<Document>(json, ExperimentJson.Options)?.Result
                ?? throw new InvalidDataException($"{what} is not a saved experiment result: it has no \"result\".");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or ArgumentException or FormatException)
        {
            throw new InvalidDataException($"{what} is not a saved experiment result, or is damaged: {exception.Message}", exception);
        }
    }

    // Looked at before the rest is read: a later format may look quite different.
    private static int? ReadFormat(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.TokenType == JsonTokenType.StartObject
            && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("format")
            && reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var format) ? format : null;
    }
}
