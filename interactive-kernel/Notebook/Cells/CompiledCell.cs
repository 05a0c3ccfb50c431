using System.Reflection;

namespace SchedulerActivations.Notebook;

/// <summary>A cell compiled to an assembly of its own.</summary>
/// <param name="CellName">Name of the cell, as errors and stack traces show it.</param>
/// <param name="TypeNames">Full names of the public types that it defines; empty when it did not compile.</param>
/// <param name="Image">The assembly's bytes with its debug information inside; null when it did not compile.</param>
/// <param name="Assembly">The assembly, loaded; null when it did not compile.</param>
/// <param name="Diagnostics">Errors and warnings, in the order of their lines.</param>
public sealed record CompiledCell(
    string CellName, IReadOnlyList<string> TypeNames, byte[]? Image, Assembly? Assembly, IReadOnlyList<CellDiagnostic> Diagnostics);
