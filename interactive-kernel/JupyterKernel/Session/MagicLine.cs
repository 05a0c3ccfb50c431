using SchedulerActivations.Notebook;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>The first line of a cell that says what kind of cell it is: <c>#!policy</c>, <c>#!workload</c> or <c>#!csharp</c>.</summary>
internal sealed record MagicLine(string Name, string Options)
{
    public static readonly IReadOnlyDictionary<string, CellKind> CompiledKinds = new Dictionary<string, CellKind>
    {
        ["policy"] = CellKind.Policy,
        ["workload"] = CellKind.Workload,
    };

    // Notebooks made for .NET Interactive mark their cells so; here every cell is C#.
    private static readonly string[] s_plainScript = ["csharp", "c#"];

    public bool IsPlainScript => s_plainScript.Contains(Name);

    /// <summary>Reads the cell's first line that is not empty; null when it is no magic line.</summary>
    public static MagicLine? Of(string source)
    {
        var line = source.TrimStart().Split('\n', 2)[0].Trim();
        if (!line.StartsWith("#!", StringComparison.Ordinal))
            return null;
        var words = line[2..].Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new(words.ElementAtOrDefault(0) ?? "", words.ElementAtOrDefault(1) ?? "");
    }

    /// <summary>The cell with its magic line made a comment: every character after it keeps its place.</summary>
    public static string Hide(string source)
    {
        var at = source.IndexOf("#!", StringComparison.Ordinal);
        return $"{source[..at]}//{source[(at + 2)..]}";
    }
}
