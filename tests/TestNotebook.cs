using System.Text.Json;

namespace SchedulerActivations.Tests;

/// <summary>Notebooks that tests write; compiled into each test project that needs one.</summary>
internal static class TestNotebook
{
    /// <summary>The file of a notebook with these code cells.</summary>
    public static string Of(params string[] cells) => JsonSerializer.Serialize(new
    {
        nbformat = 4,
        nbformat_minor = 5,
        metadata = new { kernelspec = new { name = "scheduler-policies", display_name = "C#" } },
        cells = cells.Select((source, i) => new { cell_type = "code", id = $"c{i}", metadata = new { }, execution_count = (int?)null, outputs = Array.Empty<object>(), source }),
    });

    /// <summary>The file of a notebook with these cells, each as JSON.</summary>
    public static string OfJson(params string[] cells) =>
        $$"""{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{{string.Join(',', cells)}}]}""";
}
