using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>What cells can use from the start: every assembly of this program, and the namespaces opened for them.</summary>
internal static class SessionReferences
{
    private static readonly string[] s_libraries = ["SchedulerActivations", "SchedulerActivations.Policies", "SchedulerActivations.Notebook"];

    // A published program has no folder of reference assemblies: the runtime's own list says where everything is.
    private static readonly Lazy<ImmutableArray<MetadataReference>> s_assemblies = new(static () =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(static path => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
            .Select(static path => (MetadataReference)MetadataReference.CreateFromFile(path, documentation: DocumentationOf(path)))]);

    private static readonly Lazy<ImmutableArray<string>> s_usings = new(static () =>
        ["System", "System.Collections.Generic", "System.Linq", "System.Threading.Tasks", .. LibraryNamespaces(), typeof(CellFunctions).FullName!]);

    public static ImmutableArray<MetadataReference> Assemblies => s_assemblies.Value;

    public static ImmutableArray<string> Usings => s_usings.Value;

    // Our own libraries come with their documentation, which Shift+Tab shows.
    private static XmlDocumentationProvider? DocumentationOf(string assembly) =>
        Path.ChangeExtension(assembly, ".xml") is var documentation && File.Exists(documentation) ? XmlDocumentationProvider.CreateFromFile(documentation) : null;

    private static IEnumerable<string> LibraryNamespaces() =>
        s_libraries
            .SelectMany(static name => Assembly.Load(name).GetExportedTypes())
            .Select(static type => type.Namespace)
            .OfType<string>()
            .Where(static name => name.StartsWith("SchedulerActivations", StringComparison.Ordinal))
            .Distinct()
            .Order(StringComparer.Ordinal);
}
