using Microsoft.CodeAnalysis;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Finds what <c>#load</c> names: from a loaded file beside it, from a cell in the current folder, which is the notebook's.</summary>
/// <remarks>A base directory would do the same, and make paths of the cells' names too: "Cell [1]" would no longer be called so in symbols.</remarks>
internal sealed class LoadedFiles() : SourceFileResolver([], baseDirectory: null)
{
    public override string? ResolveReference(string path, string? baseFilePath) =>
        base.ResolveReference(path, baseFilePath) ?? base.ResolveReference(Path.GetFullPath(path), baseFilePath);

    // One is as good as another: it has nothing of its own.
    public override bool Equals(object? obj) => obj is LoadedFiles;

    public override int GetHashCode() => 0;
}
