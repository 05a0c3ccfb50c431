using System.Collections.Concurrent;
using System.ComponentModel;
using System.IO.MemoryMappedFiles;
using Microsoft.CodeAnalysis;

namespace SchedulerActivations.Notebook;

/// <summary>The assemblies of the framework and of the program that this is part of, as references for cells.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PlatformAssemblies
{
    // References are never given back, and the compiler reads from the maps until the end.
    private static readonly ConcurrentBag<MemoryMappedViewAccessor> s_mapped = [];

    /// <summary>Their files, of which the runtime has a list.</summary>
    public static IEnumerable<string> Files { get; } =
        [.. ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(path => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))];

    /// <summary>A reference to one of them. It maps the file and reads what the compiler asks for.</summary>
    /// <param name="path">One of <see cref="Files"/>.</param>
    /// <param name="documentation">What its types' documentation is read with.</param>
    /// <remarks>
    /// <c>MetadataReference.CreateFromFile</c> reads whole files, code and all: 120 MB. That is for files that may be written
    /// anew meanwhile; these are mapped by the runtime, too.
    /// </remarks>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static MetadataReference Reference(string path, DocumentationProvider? documentation = null)
    {
        // The view outlives the file that it is of: an open one would be locked to those who build or install it anew.
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        s_mapped.Add(view);
        var module = ModuleMetadata.CreateFromImage(view.SafeMemoryMappedViewHandle.DangerousGetHandle(), (int)new FileInfo(path).Length);
        return AssemblyMetadata.Create(module).GetReference(documentation, filePath: path);
    }
}
