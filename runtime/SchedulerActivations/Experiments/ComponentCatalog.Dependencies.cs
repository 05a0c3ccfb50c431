using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using SchedulerActivations.Experiments.Workers;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Experiments;

// What a component needs in another process.
public sealed partial class ComponentCatalog
{
    private readonly ConcurrentDictionary<string, Dependency> _dependencies = [];

    /// <summary>
    /// The assemblies that an experiment's components come from or refer to, apart from the framework's and this library.
    /// A worker that has one of the same name uses its own.
    /// </summary>
    /// <exception cref="ComponentException">One of them exists in this process only.</exception>
    internal IReadOnlyList<Dependency> DependenciesOf(Experiment experiment) =>
        DependenciesOf([.. experiment.Components]);

    /// <inheritdoc cref="DependenciesOf(Experiment)"/>
    internal IReadOnlyList<Dependency> DependenciesOf(params IReadOnlyList<Component> components)
    {
        var found = new Dictionary<string, Dependency?>();
        foreach (var component in components)
        {
            CheckCanBeSent(component);
            if (component.Image is { } image) AddReferences(image, component);
            else Add(component.AssemblyName, component);
        }
        return [.. found.Values.OfType<Dependency>()];

        void Add(string name, Component component)
        {
            if (found.ContainsKey(name)) return;
            found[name] = null;
            if (FindAssembly(name) is not { } assembly || assembly == typeof(ComponentCatalog).Assembly || IsFramework(assembly)) return;
            if (CellAssembly.Of(assembly) is { } cell)
            {
                found[name] = new Dependency(name, null, cell.Image);
                AddReferences(cell.Image, component);
                return;
            }
            if (assembly.Location.Length == 0)
                throw new ComponentException($"{component.Name} uses a type of a plain cell, which exists in this process only and cannot be sent to a worker. Put that type into the same cell as {component.Name}.");
            found[name] = new Dependency(name, assembly.Location, null);
            foreach (var reference in assembly.GetReferencedAssemblies()) Add(reference.Name ?? "", component);
        }

        void AddReferences(byte[] image, Component component)
        {
            using var reader = new PEReader(ImmutableArray.Create(image));
            if (!reader.HasMetadata) return;
            var metadata = reader.GetMetadataReader();
            foreach (var handle in metadata.AssemblyReferences) Add(metadata.GetString(metadata.GetAssemblyReference(handle).Name), component);
        }
    }

    /// <summary>In a worker: where to look for what the components refer to.</summary>
    internal void AddDependencies(IEnumerable<Dependency> dependencies)
    {
        foreach (var dependency in dependencies) _dependencies[dependency.Name] = dependency;
        AssemblyLoadContext.Default.Resolving += (context, name) => FindFile(name.Name ?? "") is { } file ? context.LoadFromAssemblyPath(file) : null;
    }

    // What a file refers to and the notebook has not needed yet lies beside it: that is where the notebook would look.
    private string? FindFile(string name) => _dependencies.TryGetValue(name, out var dependency) && File.Exists(dependency.Path)
        ? dependency.Path
        : _dependencies.Values.Select(each => Path.GetDirectoryName(each.Path)).OfType<string>().Select(folder => Path.Combine(folder, name + ".dll")).FirstOrDefault(File.Exists);

    // A cell's assembly can only be referred to by other cells' assemblies, so files need not look here.
    private Assembly? LoadCellDependency(string name) =>
        _dependencies.TryGetValue(name, out var dependency) && dependency.Image is { } image ? Load(image, name, null) : null;

    // The shared frameworks stand side by side: …/shared/Microsoft.NETCore.App/10.0.0, …/shared/Microsoft.AspNetCore.App/10.0.0.
    private static bool IsFramework(Assembly assembly)
    {
        var shared = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", ".."));
        return assembly.Location.StartsWith(shared + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }
}
