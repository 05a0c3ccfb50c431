using System.Text.Json.Nodes;

namespace SchedulerActivations.CommandLine.Notebooks;

/// <summary>Text as notebooks keep it: a list of lines with their ends, so that version control sees lines.</summary>
internal static class MultilineText
{
    public static string Join(JsonNode? text) => text switch
    {
        null => "",
        JsonArray lines => string.Concat(lines.Select(static line => line?.ToString())),
        _ => text.ToString(),
    };

    public static JsonArray Split(string text)
    {
        var lines = new JsonArray();
        Append(lines, text);
        return lines;
    }

    /// <summary>Adds text behind the last line; it costs what is added, however much is there.</summary>
    public static void Append(JsonArray lines, string text)
    {
        if (lines.LastOrDefault()?.ToString() is { } last && !last.EndsWith('\n'))
        {
            lines.RemoveAt(lines.Count - 1);
            text = last + text;
        }

        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) is >= 0 and var newLine ? newLine + 1 : text.Length;
            lines.Add((JsonNode)text[start..end]);
            start = end;
        }
    }
}
