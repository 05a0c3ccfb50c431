using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Notebook;

/// <summary>What a cell of each kind has to define: a public class that can be made without arguments.</summary>
internal static class CellContract
{
    public static string Magic(CellKind kind) => kind == CellKind.Policy ? "#!policy" : "#!workload";

    /// <summary>The rule that a cell without errors breaks all the same, or null.</summary>
    public static CellDiagnostic? Violation(CellKind kind, CSharpCompilation compilation, SyntaxTree tree, CellText text)
    {
        var (wanted, example) = kind == CellKind.Policy
            ? (typeof(SchedulingPolicy), "public sealed class MyPolicy : SchedulingPolicy { … }")
            : (typeof(Workload), "public sealed class MyWorkload : Workload { … }");
        var wantedSymbol = compilation.GetTypeByMetadataName(wanted.FullName!);
        var classes = Types(compilation.Assembly.GlobalNamespace).Where(type => type.TypeKind == TypeKind.Class).ToList();
        var candidates = classes.Where(type => Bases(type).Contains(wantedSymbol, SymbolEqualityComparer.Default)).ToList();
        if (candidates.Exists(type => Fault(type) is null)) return null;

        // The nearest miss says most: what is wrong with the class that was meant.
        if (candidates.Count > 0)
        {
            var meant = candidates[0];
            return text.Make(isError: true, "CELL002", $"{meant.Name} cannot be used: {Fault(meant)}", meant.Locations[0].GetLineSpan());
        }
        var rule = $"A {Magic(kind)} cell defines a public class that derives from {wanted.Name} and has a public constructor without parameters";
        if (classes.Count > 0)
            return text.Make(isError: true, "CELL001", $"{rule}; {classes[0].Name} does not. Write '{example}'.", classes[0].Locations[0].GetLineSpan());
        return text.Make(isError: true, "CELL001", $"{rule}; this cell defines no class. Write '{example}', or remove the {Magic(kind)} line to run the cell as C#.",
            new FileLinePositionSpan(tree.FilePath, new(text.MagicLine, 0), new(text.MagicLine, Magic(kind).Length)));
    }

    /// <summary>Warnings: what compiles and does not do what was meant.</summary>
    public static IEnumerable<CellDiagnostic> Warnings(CSharpCompilation compilation, CellText text)
    {
        var described = new[] { typeof(SchedulingPolicy), typeof(Workload) }.Select(type => compilation.GetTypeByMetadataName(type.FullName!));
        return from type in Types(compilation.Assembly.GlobalNamespace)
               where Bases(type).Any(above => described.Contains(above, SymbolEqualityComparer.Default))
               from field in type.GetMembers().OfType<IFieldSymbol>()
               where field is { DeclaredAccessibility: Accessibility.Public, IsStatic: false, IsReadOnly: false, IsImplicitlyDeclared: false }
               select text.Make(isError: false, "CELL003",
                   $"{field.Name} is a field; make it a property ({field.Name} {{ get; set; }}), else what is set does not reach the run.", field.Locations[0].GetLineSpan());
    }

    private static string? Fault(INamedTypeSymbol type) =>
        type.DeclaredAccessibility != Accessibility.Public ? "it is not public. Write 'public' before 'class'."
        : type.IsAbstract ? "it is abstract. Remove 'abstract', or derive a class from it that is not."
        : type.IsGenericType ? "it is generic. Derive a class from it that is not."
        : type.InstanceConstructors.Any(made => made.Parameters.IsEmpty && made.DeclaredAccessibility == Accessibility.Public) ? null
        : "it has no public constructor without parameters. Make its settings public properties with a default instead: public int Limit { get; set; } = 3;";

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceSymbol root) =>
        root.GetTypeMembers().Concat(root.GetNamespaceMembers().SelectMany(Types));

    private static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol type)
    {
        for (var above = type.BaseType; above is not null; above = above.BaseType) yield return above;
    }
}
