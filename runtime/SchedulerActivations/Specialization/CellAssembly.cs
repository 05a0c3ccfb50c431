using System.Reflection;
using System.Runtime.CompilerServices;

namespace SchedulerActivations.Specialization;

/// <summary>What is known of an assembly that was compiled from a notebook cell and loaded from memory: no file tells it.</summary>
/// <param name="Image">The assembly, its debug information embedded.</param>
/// <param name="Source">The cell's text, where known.</param>
/// <param name="Name">What the notebook calls the cell.</param>
internal sealed record CellAssembly(byte[] Image, string? Source, string Name)
{
    // Weak, so that a cell that was run again can be unloaded. One table for the process: an exception's frames lead to
    // an assembly, not to the catalog that loaded it.
    private static readonly ConditionalWeakTable<Assembly, CellAssembly> Known = [];

    public static void Register(Assembly assembly, CellAssembly cell) => Known.AddOrUpdate(assembly, cell);

    public static CellAssembly? Of(Assembly assembly) => Known.TryGetValue(assembly, out var cell) ? cell : null;
}
