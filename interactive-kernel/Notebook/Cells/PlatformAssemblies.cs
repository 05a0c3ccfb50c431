using System.ComponentModel;
using Microsoft.CodeAnalysis;

namespace SchedulerActivations.Notebook;

/// <summary>The assemblies of the framework and of the program that this is part of, as references for cells.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PlatformAssemblies
{
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
        // Shared with everybody: no lock on the file.
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return AssemblyMetadata.Create(ModuleMetadata.CreateFromStream(file)).GetReference(documentation, filePath: path);
    }
}
