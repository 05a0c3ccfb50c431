using System.Text.Json.Nodes;

namespace SchedulerActivations.Experiments;

/// <summary>
/// A policy or a workload as data: its type, the assembly that holds it where that is a notebook cell's, and its
/// settings. <see cref="ComponentCatalog"/> makes one of an object and an object of one.
/// </summary>
public sealed record Component
{
    /// <summary>Full name of the type, as <see cref="Type.FullName"/> gives it.</summary>
    public required string TypeName { get; init; }

    /// <summary>Simple name of the assembly that defines the type.</summary>
    public required string AssemblyName { get; init; }

    /// <summary>The assembly itself, where the receiver cannot be expected to have it (a cell's); else null.</summary>
    public byte[]? Image { get; init; }

    /// <summary>Source text of the cell that defines the type, where known.</summary>
    public string? Source { get; init; }

    /// <summary>Values of the type's public settable properties.</summary>
    public JsonObject Parameters { get; init; } = [];

    /// <summary>The type's name without its namespace: what tables and charts show.</summary>
    public string Name
    {
        get
        {
            // What a generic type was made for stands in brackets behind it, with namespaces of its own.
            var end = TypeName.IndexOf('[', StringComparison.Ordinal) is >= 0 and var bracket ? bracket : TypeName.Length;
            var name = TypeName[(TypeName.LastIndexOfAny(['.', '+'], end - 1) + 1)..end];
            // And the number of what it is made for behind a backtick.
            return name.Split('`')[0];
        }
    }
}
