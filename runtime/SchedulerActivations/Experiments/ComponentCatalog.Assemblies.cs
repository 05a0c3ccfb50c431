using System.Reflection;
using System.Runtime.Loader;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Experiments;

// Where a component's type comes from.
public sealed partial class ComponentCatalog
{
    // Assemblies this catalog has loaded from images. A policy and a workload of one cell share one. A policy that comes
    // during a run is loaded by another OS thread: the array is replaced, never changed.
    private (byte[] Image, Assembly Assembly)[] _loaded = [];
    private readonly object _loading = new();

    private Type FindType(Component component)
    {
        var assembly = component.Image is { } image ? Load(image, component.AssemblyName, component.Source) : FindAssembly(component.AssemblyName);
        if (assembly is null)
            throw new ComponentException($"{component.Name} comes from assembly '{component.AssemblyName}', which is not loaded and was not found beside this program. Load it, or define {component.Name} in a #!policy or #!workload cell.");
        Type? type;
        try
        {
            type = assembly.GetType(component.TypeName, throwOnError: false);
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or TypeLoadException)
        {
            throw new ComponentException($"{component.Name} cannot be loaded: {exception.Message}", exception);
        }
        return type ?? throw new ComponentException($"Assembly '{component.AssemblyName}' has no type '{component.TypeName}'.");
    }

    private Assembly Load(byte[] image, string name, string? source)
    {
        lock (_loading)
        {
            foreach (var (known, loaded) in _loaded)
                if (known.AsSpan().SequenceEqual(image)) return loaded;
            try
            {
                var assembly = new CellLoadContext(name, this).LoadFromStream(new MemoryStream(image, writable: false));
                CellAssembly.Register(assembly, new CellAssembly(image, source, name));
                _loaded = [.. _loaded, (image, assembly)];
                return assembly;
            }
            catch (BadImageFormatException exception)
            {
                throw new ComponentException($"The image of '{name}' is not a .NET assembly.", exception);
            }
        }
    }

    /// <summary>An assembly by its simple name: loaded by this catalog, loaded by anybody (the newest, as a cell that was run again leaves the old one behind), or beside the program.</summary>
    internal Assembly? FindAssembly(string name)
    {
        foreach (var (_, assembly) in _loaded)
            if (assembly.GetName().Name == name) return assembly;
        var ours = AssemblyLoadContext.GetLoadContext(typeof(ComponentCatalog).Assembly);
        if (ours?.Assemblies.FirstOrDefault(assembly => assembly.GetName().Name == name) is { } shared) return shared;
        if (AppDomain.CurrentDomain.GetAssemblies().LastOrDefault(assembly => assembly.GetName().Name == name) is { } any) return any;
        if (LoadCellDependency(name) is { } dependency) return dependency;
        try
        {
            return Assembly.Load(new AssemblyName(name));
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Refuses a component whose type lives in this process only.</summary>
    /// <exception cref="ComponentException">Its assembly has neither an image nor a file.</exception>
    internal void CheckCanBeSent(Component component)
    {
        if (component.Image is not null || FindAssembly(component.AssemblyName) is not { } assembly || assembly.Location.Length > 0) return;
        throw new ComponentException(
            $"{component.Name} is defined in a plain cell, so it exists in this process only and cannot be sent to a worker. "
            + "Put the class into a cell that begins with #!policy or #!workload.");
    }
}
