// Stand-in for the notebook library until it is merged: the contract between it and the Jupyter kernel, as thin as can be.
// Delete this file when the library lands; it defines the same names.
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace SchedulerActivations.Notebook;

/// <summary>What a compiled cell defines.</summary>
public enum CellKind
{
    /// <summary>Scheduling policies.</summary>
    Policy,

    /// <summary>Workloads.</summary>
    Workload,
}

/// <summary>One thing the compiler says about a cell; lines and columns count from 1.</summary>
/// <param name="IsError">False for a warning.</param>
/// <param name="Code">The compiler's code.</param>
/// <param name="Message">What it says.</param>
/// <param name="Line">The line of the cell.</param>
/// <param name="Column">The first column.</param>
/// <param name="EndColumn">The column after the last.</param>
/// <param name="SourceLine">The line itself.</param>
public sealed record CellDiagnostic(bool IsError, string Code, string Message, int Line, int Column, int EndColumn, string SourceLine);

/// <summary>A cell compiled to an assembly of its own.</summary>
/// <param name="CellName">The cell.</param>
/// <param name="TypeNames">The types it defines.</param>
/// <param name="Image">The assembly's bytes; null when it did not compile.</param>
/// <param name="Assembly">The assembly, loaded.</param>
/// <param name="Diagnostics">What the compiler says.</param>
public sealed record CompiledCell(string CellName, IReadOnlyList<string> TypeNames, byte[]? Image, Assembly? Assembly, IReadOnlyList<CellDiagnostic> Diagnostics);

/// <summary>A display in several forms at once.</summary>
/// <param name="Data">Text (or base64) by mime type.</param>
public sealed record MimeBundle(IReadOnlyDictionary<string, string> Data);

/// <summary>Something that knows how it is displayed.</summary>
public interface IMimeBundleSource
{
    /// <summary>All forms.</summary>
    /// <returns>The bundle.</returns>
    MimeBundle ToMimeBundle();
}

/// <summary>What a host does once.</summary>
public static class NotebookLibrary
{
    /// <summary>Goes once into the head of an exported page.</summary>
    public static string PageHead => $"<script>{PlotlyBundle.Script}</script>";

    /// <summary>Registers the library's formatters.</summary>
    public static void RegisterFormatters()
    {
    }
}

/// <summary>The chart library's text.</summary>
public static class PlotlyBundle
{
    /// <summary>JavaScript.</summary>
    public static string Script => "window.Plotly = window.Plotly || {};";
}

/// <summary>Compiles policy and workload cells.</summary>
public sealed class CellCompiler
{
    private int _compiled;

    /// <summary>Compiles one cell.</summary>
    /// <param name="kind">What it defines.</param>
    /// <param name="source">Its text.</param>
    /// <param name="cellName">Its name in errors.</param>
    /// <returns>The assembly or the errors.</returns>
    public CompiledCell Compile(CellKind kind, string source, string cellName)
    {
        const string usings = "global using System; global using System.Collections.Generic; global using System.Linq; global using System.Threading.Tasks;";
        var tree = CSharpSyntaxTree.ParseText(SourceText.From(source, Encoding.UTF8), path: cellName);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create($"Cell-{Guid.NewGuid():N}-{kind}-{++_compiled}", [CSharpSyntaxTree.ParseText(usings), tree], references, new(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Debug));
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded));
        var diagnostics = emitted.Diagnostics.Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && diagnostic.Location.IsInSource).Select(diagnostic =>
        {
            var span = diagnostic.Location.GetLineSpan();
            var line = tree.GetText().Lines[span.StartLinePosition.Line].ToString();
            return new CellDiagnostic(diagnostic.Severity == DiagnosticSeverity.Error, diagnostic.Id, diagnostic.GetMessage(null), span.StartLinePosition.Line + 1, span.StartLinePosition.Character + 1, span.EndLinePosition.Character + 1, line);
        }).ToList();
        if (!emitted.Success)
            return new(cellName, [], null, null, diagnostics);
        var assembly = Assembly.Load(image.ToArray());
        return new(cellName, [.. assembly.GetTypes().Where(static type => type.IsPublic).Select(static type => type.FullName!)], image.ToArray(), assembly, diagnostics);
    }
}
