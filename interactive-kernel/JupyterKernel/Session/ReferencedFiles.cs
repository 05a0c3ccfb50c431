using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Finds what <c>#r</c> names. A relative path starts at the current folder, which is the notebook's.</summary>
internal sealed class ReferencedFiles : MetadataReferenceResolver
{
    public override ImmutableArray<PortableExecutableReference> ResolveReference(string reference, string? baseFilePath, MetadataReferenceProperties properties) =>
        ScriptMetadataResolver.Default.WithBaseDirectory(Environment.CurrentDirectory).ResolveReference(reference, baseFilePath, properties);

    // One is as good as another: it has nothing of its own.
    public override bool Equals(object? other) => other is ReferencedFiles;

    public override int GetHashCode() => 0;
}
