using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Holds the assemblies of a session's cells and lets them find each other by name.</summary>
internal sealed class SubmissionLoadContext() : AssemblyLoadContext("cells")
{
    private readonly ConcurrentDictionary<string, Assembly> _known = new();

    public Assembly Load(MemoryStream image, MemoryStream symbols)
    {
        image.Position = 0;
        symbols.Position = 0;
        var assembly = LoadFromStream(image, symbols);
        Add(assembly);
        return assembly;
    }

    /// <summary>Makes an assembly that was loaded elsewhere visible to the cells.</summary>
    public void Add(Assembly assembly) => _known[assembly.GetName().FullName] = assembly;

    protected override Assembly? Load(AssemblyName assemblyName) =>
        _known.TryGetValue(assemblyName.FullName, out var assembly) ? assembly : null;
}
