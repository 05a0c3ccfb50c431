using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>What cells can use from the start: every assembly of this program, and the namespaces opened for them.</summary>
internal static class SessionReferences
{
    private static readonly string[] s_libraries = ["SchedulerActivations", "SchedulerActivations.Policies", "SchedulerActivations.Notebook"];

    private static readonly Lazy<CSharpCompilation> s_bound = new(Bind);

    private static readonly Lazy<ImmutableArray<string>> s_usings = new(static () =>
        [.. CellUsings.Usual, .. LibraryNamespaces(), typeof(CellFunctions).FullName!]);

    public static ImmutableArray<MetadataReference> Assemblies => s_bound.Value.ExternalReferences;

    public static ImmutableArray<string> Usings => s_usings.Value;

    /// <summary>References to every assembly, in a compilation that has read them.</summary>
    /// <remarks>
    /// A compilation takes over the types of an assembly from one that has read it before. Of two that are the first together,
    /// each makes its own; a later cell sees both, one through the cells before it, and finds every name ambiguous with itself
    /// (CS0121). So nobody has a reference before this compilation has read it, and it is kept.
    /// </remarks>
    public static CSharpCompilation Bind()
    {
        // A published program has no folder of reference assemblies.
        var compilation = CSharpCompilation.Create("References", references: PlatformAssemblies.Files.Select(static path => PlatformAssemblies.Reference(path, DocumentationOf(path))));
        _ = compilation.Assembly;
        return compilation;
    }

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
