using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace SchedulerActivations.Notebook;

/// <summary>The cells compiled so far: their loaded assemblies, and which of them the next cell sees.</summary>
internal sealed class EarlierCells
{
    private readonly List<Cell> _cells = [];

    private sealed record Cell(Assembly Assembly, MetadataReference Reference, HashSet<string> Types, IReadOnlyList<SyntaxTree> Trees)
    {
        public bool Replaced { get; set; }
    }

    /// <summary>What the next cell is compiled against: a replaced cell stays known to the compiler, out of reach of plain names.</summary>
    public IEnumerable<MetadataReference> References
    {
        get
        {
            lock (_cells) return [.. _cells.Select(cell => cell.Replaced ? cell.Reference.WithAliases(["replaced"]) : cell.Reference)];
        }
    }

    /// <summary>The sources of those cells that are among the references.</summary>
    public IEnumerable<SyntaxTree> TreesOf(IEnumerable<MetadataReference> references)
    {
        var used = references.ToHashSet();
        lock (_cells) return [.. _cells.Where(cell => used.Contains(cell.Reference)).SelectMany(cell => cell.Trees)];
    }

    /// <summary>Loads a cell's assembly; its types replace those of the same names.</summary>
    public Assembly Load(string name, byte[] image, IReadOnlyList<SyntaxTree> trees)
    {
        // Not collectible: a script cell's assembly is not either, and may not refer to one that is.
        var context = new AssemblyLoadContext(name);
        context.Resolving += (_, wanted) => Find(wanted);
        var assembly = context.LoadFromStream(new MemoryStream(image));
        var types = assembly.GetTypes().Where(type => !type.IsNested).Select(type => type.FullName!).Where(type => type[0] != '<').ToHashSet();
        lock (_cells)
        {
            foreach (var older in _cells.Where(older => older.Types.Overlaps(types))) older.Replaced = true;
            _cells.Add(new Cell(assembly, MetadataReference.CreateFromImage(image), types, trees));
        }
        return assembly;
    }

    // What a cell's assembly refers to is another cell, or a library that the host loaded (where it is not the default context's).
    private Assembly? Find(AssemblyName wanted)
    {
        lock (_cells)
            if (_cells.Find(cell => cell.Assembly.GetName().Name == wanted.Name) is { } cell) return cell.Assembly;
        return Array.Find(AppDomain.CurrentDomain.GetAssemblies(), assembly => !assembly.IsDynamic && assembly.GetName().Name == wanted.Name);
    }
}
