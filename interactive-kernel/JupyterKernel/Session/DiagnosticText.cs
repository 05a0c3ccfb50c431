using System.Globalization;
using Microsoft.CodeAnalysis;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Says what does not compile and where: cell, line, column, the line itself and a caret below the place.</summary>
internal static class DiagnosticText
{
    public const string ErrorName = "Compilation failed";

    private const string MissingReference = "CS0006";

    /// <summary>The compiler's word for a script cell, in the same form as for a policy cell.</summary>
    public static CellDiagnostic ToCellDiagnostic(Diagnostic diagnostic)
    {
        var message = diagnostic.GetMessage(CultureInfo.InvariantCulture);
        // "Metadata file 'nuget: …' could not be found" is true and no help.
        if (diagnostic.Id == MissingReference && message.Contains("'nuget:", StringComparison.OrdinalIgnoreCase))
            message = "Packages from NuGet are not offered here. Put the library's file on this computer and name its path: #r \"/path/to/library.dll\"";
        var isError = diagnostic.Severity == DiagnosticSeverity.Error;
        if (diagnostic.Location.SourceTree is not { } tree)
            return new(isError, diagnostic.Id, message, 1, 1, 1, "");
        var span = diagnostic.Location.GetLineSpan();
        var start = span.StartLinePosition;
        var line = tree.GetText().Lines[start.Line].ToString();
        var end = span.EndLinePosition.Line == start.Line ? span.EndLinePosition.Character : line.Length;
        return new(isError, diagnostic.Id, message, start.Line + 1, start.Character + 1, Math.Max(end, start.Character) + 1, line);
    }

    public static CellError ToError(string cellName, IEnumerable<CellDiagnostic> diagnostics) =>
        ToError(cellName, [.. diagnostics.Where(static diagnostic => diagnostic.IsError).Select(error => (cellName, error))]);

    /// <summary>The same of a script cell. What is wrong may stand in a file that it loads.</summary>
    public static CellError ToError(string cellName, IEnumerable<Diagnostic> diagnostics) =>
        ToError(cellName, [.. diagnostics.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(error => (error.Location.SourceTree?.FilePath ?? cellName, ToCellDiagnostic(error)))]);

    private static CellError ToError(string cellName, List<(string Place, CellDiagnostic Error)> errors)
    {
        var first = errors.Count > 0 ? Headline(errors[0].Place, errors[0].Error) : $"{cellName}: the compiler gave no reason.";
        var message = errors.Count > 1 ? $"{first} (and {errors.Count - 1} more)" : first;
        return new(ErrorName, message, [.. errors.SelectMany(static error => Lines(error.Place, error.Error))]);
    }

    public static string Headline(string cellName, CellDiagnostic diagnostic) =>
        $"{cellName}, line {diagnostic.Line}, column {diagnostic.Column}: {(diagnostic.IsError ? "error" : "warning")} {diagnostic.Code}: {diagnostic.Message}";

    public static IEnumerable<string> Lines(string cellName, CellDiagnostic diagnostic)
    {
        yield return Headline(cellName, diagnostic);
        if (diagnostic.SourceLine.Length == 0)
            yield break;
        // Tabs stay tabs, so that the caret stands below its place whatever a tab's width is.
        var column = Math.Clamp(diagnostic.Column - 1, 0, diagnostic.SourceLine.Length);
        var indent = string.Concat(diagnostic.SourceLine.Take(column).Select(static c => c == '\t' ? '\t' : ' '));
        yield return "    " + diagnostic.SourceLine;
        yield return "    " + indent + new string('^', Math.Max(1, diagnostic.EndColumn - diagnostic.Column));
    }
}
