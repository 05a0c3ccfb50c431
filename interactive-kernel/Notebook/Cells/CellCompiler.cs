using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>
/// Compiles a whole <c>#!policy</c> or <c>#!workload</c> cell to an ordinary assembly of its own, so that the same bytes
/// run in this process and in a worker on any machine.
/// </summary>
/// <remarks>
/// The debug information travels inside the assembly with the cell's name as document: an exception's stack trace and
/// the runtime's messages name <c>Cell [3]</c> and the cell's own line. A later cell can use the types of an earlier
/// one; types that a later cell defines anew replace the old ones for every cell after it, while objects made of the
/// old ones live on.
/// </remarks>
/// <param name="catalog">Learns the assemblies, so that objects of their types can be sent to a worker; by default the one that <see cref="Lab"/> uses.</param>
public sealed class CellCompiler(ComponentCatalog? catalog = null)
{
    private static readonly CSharpParseOptions s_parsing = new(LanguageVersion.Latest);

    // CS1701/CS1702: a library was built against another version of the framework. CS0436: the cell defines a type anew.
    private static readonly CSharpCompilationOptions s_options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true,
            nullableContextOptions: NullableContextOptions.Enable, deterministic: true)
        .WithSpecificDiagnosticOptions(new[] { "CS1701", "CS1702", "CS0436", "CS8019" }.Select(code => KeyValuePair.Create(code, ReportDiagnostic.Suppress)));

    private readonly ComponentCatalog _catalog = catalog ?? Lab.Catalog;
    private readonly EarlierCells _earlier = new();
    private int _compiled;

    /// <summary>
    /// Whether the types of each compilation get a namespace of their own (<c>Cell3_7</c>). For hosts that cannot take
    /// back a reference: there a type name that was defined twice would be ambiguous for ever.
    /// </summary>
    public bool OwnNamespaces { get; init; }

    /// <summary>Compiles one cell and loads it.</summary>
    /// <param name="kind">What the cell has to define.</param>
    /// <param name="source">The cell's text, with its magic line (<c>#!policy</c>) as it is, as a comment or empty.</param>
    /// <param name="cellName">Its name in errors and stack traces.</param>
    /// <returns>The assembly, or the errors; a mistake in the cell is never thrown.</returns>
    public CompiledCell Compile(CellKind kind, string source, string cellName)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrWhiteSpace(cellName);
        var number = Interlocked.Increment(ref _compiled);
        var name = $"{Identifier(cellName)}_{number}";
        var text = new CellText(source, OwnNamespaces ? name : null);
        var tree = CSharpSyntaxTree.ParseText(SourceText.From(text.ToCompile, Encoding.UTF8), s_parsing, cellName);
        var compilation = CSharpCompilation.Create(
            name, [CellUsings.Tree(s_parsing), tree], [.. CellReferences.Current(), .. _earlier.References], s_options);
        var (bytes, said) = Emit(compilation);
        var diagnostics = text.Translate(kind, tree, said);
        if (bytes is not null && CellContract.Violation(kind, compilation, tree, text) is { } violation) diagnostics = [violation, .. diagnostics];
        if (bytes is not null) diagnostics = [.. diagnostics, .. CellContract.Warnings(compilation, text)];
        if (diagnostics.Any(diagnostic => diagnostic.IsError)) return new CompiledCell(cellName, [], null, null, diagnostics);

        // A worker gets this one assembly: what it uses of earlier cells is compiled into it once more.
        IReadOnlyList<SyntaxTree> trees = [tree, .. _earlier.TreesOf(compilation.GetUsedAssemblyReferences())];
        if (trees.Count > 1 && Emit(compilation.AddSyntaxTrees(trees.Skip(1))).Image is { } whole) bytes = whole;
        else trees = [tree];

        RegisterCopies(name, bytes!, source, cellName);
        var assembly = _earlier.Load(name, bytes!, trees);
        _catalog.Register(bytes!, assembly, source, cellName);
        return new CompiledCell(cellName, [.. assembly.GetExportedTypes().Select(type => type.FullName!)], bytes, assembly, diagnostics);
    }

    private static (byte[]? Image, IReadOnlyList<Diagnostic> Diagnostics) Emit(CSharpCompilation compilation)
    {
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded));
        return (emitted.Success ? image.ToArray() : null, emitted.Diagnostics);
    }

    // A host may load a copy of its own for its scripts; objects of that copy's types have to be known as well.
    private void RegisterCopies(string name, byte[] image, string source, string cellName)
    {
        if (!OwnNamespaces) return;
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) =>
        {
            if (loaded.LoadedAssembly.GetName().Name == name) _catalog.Register(image, loaded.LoadedAssembly, source, cellName);
        };
    }

    /// <summary>What the names of the assemblies of a cell begin with; a number of the compilation follows behind a low line.</summary>
    internal static string Identifier(string cellName)
    {
        var identifier = string.Concat(cellName.Where(c => char.IsAsciiLetterOrDigit(c)));
        return identifier.Length > 0 && char.IsAsciiLetter(identifier[0]) ? identifier : "Cell" + identifier;
    }
}
