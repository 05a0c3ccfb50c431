using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>A cell's source with a check in each of its loops and functions. No line is added: line numbers stay right.</summary>
internal static class CheckedSource
{
    private const string LoopCheck = " global::SchedulerActivations.JupyterKernel.Session.CellCheck.Loop(); ";
    private const string CallCheck = " global::SchedulerActivations.JupyterKernel.Session.CellCheck.Call(); ";

    public static string Of(SyntaxTree tree)
    {
        var changes = new List<(int Position, int Length, string Text)>();
        foreach (var node in tree.GetRoot().DescendantNodes())
        {
            if (BodyOfLoop(node) is { } body)
                CheckLoop(body, changes);
            else if (node is BaseMethodDeclarationSyntax method)
                CheckFunction(method.Body, method.ExpressionBody, (method as MethodDeclarationSyntax)?.ReturnType, method.Modifiers, method.SemicolonToken, changes);
            else if (node is LocalFunctionStatementSyntax function)
                CheckFunction(function.Body, function.ExpressionBody, function.ReturnType, function.Modifiers, function.SemicolonToken, changes);
        }

        var source = tree.ToString();
        foreach (var (position, length, text) in changes.OrderByDescending(static change => change.Position))
            source = string.Concat(source.AsSpan(0, position), text, source.AsSpan(position + length));
        return source;
    }

    private static StatementSyntax? BodyOfLoop(SyntaxNode node) => node switch
    {
        WhileStatementSyntax loop => loop.Statement,
        ForStatementSyntax loop => loop.Statement,
        DoStatementSyntax loop => loop.Statement,
        CommonForEachStatementSyntax loop => loop.Statement,
        _ => null,
    };

    private static void CheckLoop(StatementSyntax body, List<(int, int, string)> changes)
    {
        if (body is BlockSyntax block)
        {
            changes.Add((block.OpenBraceToken.Span.End, 0, LoopCheck));
            return;
        }

        changes.Add((body.SpanStart, 0, "{" + LoopCheck));
        changes.Add((body.Span.End, 0, " }"));
    }

    private static void CheckFunction(
        BlockSyntax? block, ArrowExpressionClauseSyntax? arrow, TypeSyntax? result, SyntaxTokenList modifiers, SyntaxToken semicolon, List<(int, int, string)> changes)
    {
        if (block is not null)
        {
            changes.Add((block.OpenBraceToken.Span.End, 0, CallCheck));
        }
        else if (arrow is not null && result is not null)
        {
            var keyword = HasValue(result, modifiers) && arrow.Expression is not ThrowExpressionSyntax ? "return" : "";
            changes.Add((arrow.ArrowToken.SpanStart, arrow.ArrowToken.Span.Length, "{" + CallCheck + keyword));
            changes.Add((semicolon.Span.End, 0, " }"));
        }
    }

    // An asynchronous function returns a value if its task is of a type with one: Task<int>, not Task.
    private static bool HasValue(TypeSyntax result, SyntaxTokenList modifiers) =>
        modifiers.Any(SyntaxKind.AsyncKeyword)
            ? result.DescendantNodesAndSelf().OfType<GenericNameSyntax>().Any()
            : result is not PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
}
