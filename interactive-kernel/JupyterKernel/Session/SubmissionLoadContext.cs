using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Holds the assemblies of a session's cells and lets them find each other by name.</summary>
/// <remarks>Collectible, because the assemblies of policy cells are, and only such may refer to such. A session unloads nothing.</remarks>
internal sealed class SubmissionLoadContext() : AssemblyLoadContext("cells", isCollectible: true)
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

    /// <summary>Loads what a cell refers to with <c>#r</c>, unless something of its name is loaded already.</summary>
    /// <remarks>For the whole program, so that policy cells find it too. LoadFrom looks for what it needs itself in its own folder.</remarks>
    public static void LoadFile(string path)
    {
        var name = AssemblyName.GetAssemblyName(path).Name;
        // Also what the program has not loaded yet but brings with it.
        if (!PlatformAssemblies.Files.Concat(Default.Assemblies.Select(static assembly => assembly.Location)).Any(file => Path.GetFileNameWithoutExtension(file) == name))
            Assembly.LoadFrom(path);
    }

    /// <summary>Makes an assembly that was loaded elsewhere visible to the cells.</summary>
    public void Add(Assembly assembly) => _known[assembly.GetName().FullName] = assembly;

    protected override Assembly? Load(AssemblyName assemblyName) =>
        _known.TryGetValue(assemblyName.FullName, out var assembly) ? assembly : null;
}
