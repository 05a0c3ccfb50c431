using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>The cells executed so far, as a chain of Roslyn script submissions in which each sees the ones before it.</summary>
/// <remarks>
/// This stands directly on script compilations and not on <c>CSharpScript</c>: a cell that throws or is interrupted
/// keeps the variables it has set, a type of a policy cell can be defined anew, and compiling is apart from running,
/// because only running can be stopped at any moment.
/// </remarks>
internal sealed class SubmissionChain
{
    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest, DocumentationMode.None, SourceCodeKind.Script);

    /// <summary>The class that holds a cell's variables and functions; no name that a person could write.</summary>
    public const string ScriptClassName = "Submission#0";

    private static readonly EmitOptions s_portableSymbols = new(debugInformationFormat: DebugInformationFormat.PortablePdb);
    private static int s_sessions;

    private readonly int _session = Interlocked.Increment(ref s_sessions);
    private readonly SubmissionLoadContext _loadContext = new();
    private readonly List<CellReference> _cellTypes = [];
    private readonly HashSet<CellReference> _inherited = [];
    private readonly List<string> _sources = [];
    private object?[] _variables = new object?[2];
    private int _compiled;

    /// <summary>The latest cell that has run; null before the first.</summary>
    public CSharpCompilation? Latest { get; private set; }

    /// <summary>The options of every submission: what is open by default, and line numbers that are exact.</summary>
    public static CSharpCompilationOptions Options { get; } = new(
        OutputKind.DynamicallyLinkedLibrary,
        scriptClassName: ScriptClassName,
        usings: SessionReferences.Usings,
        optimizationLevel: OptimizationLevel.Debug,
        allowUnsafe: true,
        metadataReferenceResolver: new ReferencedFiles(),
        sourceReferenceResolver: new LoadedFiles(),
        assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default,
        nullableContextOptions: NullableContextOptions.Annotations,
        concurrentBuild: false);

    /// <summary>The sources of the cells that have run, in order; a snapshot.</summary>
    public IReadOnlyList<string> Sources
    {
        get
        {
            lock (_sources)
                return [.. _sources];
        }
    }

    /// <summary>The policy and workload cells whose types can be used now.</summary>
    public IReadOnlyList<MetadataReference> CellTypes => [.. _cellTypes];

    public Submission Compile(Cell cell, CancellationToken cancellationToken)
    {
        var written = Parse(cell.Source, cell.Name);
        var submission = Compile(written, Parse(CheckedSource.Of(written), cell.Name), cancellationToken);
        // The checks move columns: what the compiler has to complain of, it says of the cell as it was written.
        return submission.Start is null ? Compile(written, written, cancellationToken) : submission;
    }

    /// <summary>Starts a submission on the variables of the cells before it; later cells see it, however it ends.</summary>
    public Task<object?> Start(Submission submission)
    {
        // A submission takes the next free place when it starts; the place is the compiler's choice, at most one further on.
        Array.Resize(ref _variables, _compiled + 2);
        Append(submission);
        return submission.Start!(_variables);
    }

    /// <summary>Lets later cells use the types of a policy or workload cell; a type of the same name defined before gives way.</summary>
    public void Append(CompiledCell cell)
    {
        if (cell is not { Image: { } image, Assembly: { } assembly })
            return;
        foreach (var older in _cellTypes.Where(older => older.TypeNames.Intersect(cell.TypeNames).Any()).ToList())
        {
            older.TakeBack();
            _cellTypes.Remove(older);
        }

        _loadContext.Add(assembly);
        _cellTypes.Add(new CellReference(image, cell.TypeNames));

        // A class that a plain cell defined goes before all references: "#!policy" put above it later would change nothing.
        var hidden = cell.TypeNames.Where(IsDefinedByPlainCell).ToList();
        if (hidden.Count > 0 && Compile(new Cell(cell.CellName, string.Concat(hidden.Select(static name => $"using {name} = global::{name};"))), CancellationToken.None) is { Start: not null } shown)
            Append(shown);
    }

    private bool IsDefinedByPlainCell(string type)
    {
        for (var cell = Latest; cell is not null; cell = cell.ScriptCompilationInfo?.PreviousScriptCompilation)
        {
            if (cell.ScriptClass is { } variables && !variables.GetTypeMembers(type).IsEmpty)
                return true;
        }

        return false;
    }

    // A submission inherits the references of those before it; given to each, they would add up with every cell.
    private IEnumerable<MetadataReference> NewReferences() =>
        Latest is null ? [.. SessionReferences.Assemblies, .. _cellTypes] : _cellTypes.Except(_inherited);

    private static SyntaxTree Parse(string source, string cellName) =>
        SyntaxFactory.ParseSyntaxTree(SourceText.From(source, Encoding.UTF8), ParseOptions, cellName);

    private Submission Compile(SyntaxTree written, SyntaxTree tree, CancellationToken cancellationToken)
    {
        var compilation = CSharpCompilation.CreateScriptCompilation(
            $"Cells-{_session}-{++_compiled}", tree, NewReferences(), Options, Latest, typeof(object));

        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        var emitted = compilation.Emit(image, symbols, options: s_portableSymbols, cancellationToken: cancellationToken);
        if (emitted.Diagnostics.Any(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
            return new(written, compilation, null, HasResult: false, emitted.Diagnostics);
        foreach (var file in compilation.DirectiveReferences.OfType<PortableExecutableReference>())
            SubmissionLoadContext.LoadFile(file.FilePath!);
        // A cell of nothing but usings, references or comments has no code and yields no assembly, which is no error.
        return emitted.Success
            ? new(written, compilation, Load(compilation, image, symbols, cancellationToken), HasResult(compilation, tree), emitted.Diagnostics)
            : new(written, compilation, static _ => Task.FromResult<object?>(null), HasResult: false, []);
    }

    private void Append(Submission submission)
    {
        Latest = submission.Compilation;
        _inherited.UnionWith(_cellTypes);
        lock (_sources)
            _sources.Add(submission.Written.ToString());
    }

    private Func<object?[], Task<object?>> Load(CSharpCompilation compilation, MemoryStream image, MemoryStream symbols, CancellationToken cancellationToken)
    {
        var entry = compilation.GetEntryPoint(cancellationToken)!;
        return _loadContext.Load(image, symbols)
            .GetType(entry.ContainingType.MetadataName, throwOnError: true)!
            .GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!
            .CreateDelegate<Func<object?[], Task<object?>>>();
    }

    // An expression without its semicolon at the cell's end, unless it has no value (a call of a void method).
    private static bool HasResult(CSharpCompilation compilation, SyntaxTree tree) =>
        tree.GetCompilationUnitRoot().Members.LastOrDefault() is GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last }
        && compilation.GetSemanticModel(tree).GetTypeInfo(last.Expression).Type is not { SpecialType: SpecialType.System_Void };
}
