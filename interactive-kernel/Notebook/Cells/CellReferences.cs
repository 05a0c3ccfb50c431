using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace SchedulerActivations.Notebook;

/// <summary>The assemblies that a cell can use: the platform's, and those that are loaded from files now.</summary>
internal static class CellReferences
{
    private static readonly ConcurrentDictionary<string, MetadataReference> s_loaded = new();

    // The first of a name is the one that runs.
    private static readonly Lazy<IReadOnlyDictionary<string, MetadataReference>> s_platform = new(() => PlatformAssemblies.Files
        .DistinctBy(path => Path.GetFileNameWithoutExtension(path)).ToDictionary(path => Path.GetFileNameWithoutExtension(path), path => PlatformAssemblies.Reference(path)));

    public static IEnumerable<MetadataReference> Current()
    {
        var references = new Dictionary<string, MetadataReference>(s_platform.Value);
        // What is not the platform's was loaded by the host later on (#r).
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
            if (!assembly.IsDynamic && assembly.GetName().Name is { } name && !references.ContainsKey(name) && File.Exists(assembly.Location))
                references.Add(name, s_loaded.GetOrAdd(assembly.Location, static path => MetadataReference.CreateFromFile(path)));
        return references.Values;
    }
}
