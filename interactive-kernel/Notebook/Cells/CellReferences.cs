using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace SchedulerActivations.Notebook;

/// <summary>The assemblies that a cell can use: the framework's, and those that are loaded from files now.</summary>
internal static class CellReferences
{
    private static readonly ConcurrentDictionary<string, MetadataReference> s_files = new();

    private static readonly Lazy<IReadOnlyDictionary<string, string>> s_platform = new(() =>
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(path => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
            .GroupBy(path => Path.GetFileNameWithoutExtension(path))
            .ToDictionary(group => group.Key, group => group.First()));

    public static IEnumerable<MetadataReference> Current()
    {
        var files = new Dictionary<string, string>(s_platform.Value);
        // What is not the platform's was loaded by the host later on (#r). The first one loaded is the one that runs.
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
            if (!assembly.IsDynamic && assembly.Location is { Length: > 0 } path && File.Exists(path))
                files.TryAdd(assembly.GetName().Name!, path);
        return files.Values.Select(path => s_files.GetOrAdd(path, static path => MetadataReference.CreateFromFile(path)));
    }
}
