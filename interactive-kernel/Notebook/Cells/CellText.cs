using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace SchedulerActivations.Notebook;

/// <summary>A cell's text as its user sees it and as the compiler gets it: line for line the same.</summary>
internal sealed class CellText
{
    private readonly SourceText _shown;

    public CellText(string source, string? ownNamespace)
    {
        _shown = SourceText.From(source);
        var magic = _shown.Lines.FirstOrDefault(line => line.ToString().AsSpan().Trim().Length > 0);
        var isMagic = magic.ToString().TrimStart().StartsWith("#!", StringComparison.Ordinal)
            || magic.ToString().TrimStart().StartsWith("//#!", StringComparison.Ordinal);
        MagicLine = isMagic ? magic.LineNumber : 0;
        // Where there is no magic line to put it on, the namespace goes before the first line and shifts its columns only.
        var prefix = ownNamespace is null ? "" : $"namespace {ownNamespace};";
        ToCompile = isMagic ? source[..magic.Start] + prefix + source[magic.End..] : prefix + source;
        _shift = isMagic ? 0 : prefix.Length;
    }

    private readonly int _shift;

    /// <summary>What the compiler gets.</summary>
    public string ToCompile { get; }

    /// <summary>Number of the magic line, from 0; the first line where there is none.</summary>
    public int MagicLine { get; }

    /// <summary>What the compiler says, in terms of the cell.</summary>
    public IReadOnlyList<CellDiagnostic> Translate(CellKind kind, SyntaxTree tree, IEnumerable<Diagnostic> diagnostics) =>
        [.. diagnostics
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && (diagnostic.Location.SourceTree == tree || diagnostic.Severity == DiagnosticSeverity.Error))
            .Select(diagnostic => Make(diagnostic.Severity == DiagnosticSeverity.Error, diagnostic.Id,
                diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture) + CellAdvice.For(kind, diagnostic.Id),
                diagnostic.Location.SourceTree == tree ? diagnostic.Location.GetLineSpan() : default))
            .OrderBy(diagnostic => diagnostic.Line).ThenBy(diagnostic => diagnostic.Column)];

    /// <summary>A diagnostic at a place of the compiled text.</summary>
    public CellDiagnostic Make(bool isError, string code, string message, FileLinePositionSpan at)
    {
        var start = at.StartLinePosition;
        var end = at.EndLinePosition;
        var line = _shown.Lines[Math.Min(start.Line, _shown.Lines.Count - 1)].ToString();
        var shift = start.Line == 0 ? _shift : 0;
        var column = Math.Max(start.Character - shift, 0);
        var endColumn = end.Line == start.Line ? end.Character - shift : line.Length;
        return new CellDiagnostic(isError, code, message, start.Line + 1, column + 1, Math.Max(endColumn, column + 1) + 1, line);
    }
}
