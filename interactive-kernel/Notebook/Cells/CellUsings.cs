using System.ComponentModel;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Notebook;

/// <summary>The namespaces that a cell need not name: the usual ones, and all of the runtime and the policies.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CellUsings
{
    /// <summary>The usual ones, in policy cells as in all others.</summary>
    public static IReadOnlyList<string> Usual { get; } = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Text", "System.Threading", "System.Threading.Tasks"];

    private static readonly Lazy<string> s_usings = new(() => string.Concat(
        Usual
            .Concat(Exported(typeof(SchedulingPolicy).Assembly))
            .Concat(Exported(Assembly.Load("SchedulerActivations.Policies")))
            .Distinct()
            .Select(name => $"global using {name};\n")));

    /// <summary>The usings as a file of the compilation.</summary>
    internal static SyntaxTree Tree(CSharpParseOptions options) => CSharpSyntaxTree.ParseText(s_usings.Value, options);

    private static IEnumerable<string> Exported(Assembly library) =>
        library.GetExportedTypes().Select(type => type.Namespace).OfType<string>();
}
