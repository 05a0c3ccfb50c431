using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>A cell's source with a check in each of its loops and functions (methods, accessors, lambdas with a body). No line is added: line numbers stay right.</summary>
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
            else if (BodyOfFunction(node) is { } block)
                changes.Add((block.OpenBraceToken.Span.End, 0, CallCheck));
            else
                CheckExpression(node, changes);
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

    private static BlockSyntax? BodyOfFunction(SyntaxNode node) => node switch
    {
        BaseMethodDeclarationSyntax method => method.Body,
        LocalFunctionStatementSyntax function => function.Body,
        AccessorDeclarationSyntax accessor => accessor.Body,
        // A lambda that is an expression stays one: it may be for a library that reads it and never calls it.
        AnonymousFunctionExpressionSyntax lambda => lambda.Block,
        _ => null,
    };

    private static void CheckExpression(SyntaxNode node, List<(int, int, string)> changes)
    {
        switch (node)
        {
            case BaseMethodDeclarationSyntax { ExpressionBody: { } arrow } method when ResultOf(method) is { } result:
                CheckArrow(arrow, HasValue(result, method.Modifiers), "{", method.SemicolonToken, " }", changes);
                break;
            case LocalFunctionStatementSyntax { ExpressionBody: { } arrow } function:
                CheckArrow(arrow, HasValue(function.ReturnType, function.Modifiers), "{", function.SemicolonToken, " }", changes);
                break;
            case AccessorDeclarationSyntax { ExpressionBody: { } arrow } accessor:
                CheckArrow(arrow, accessor.IsKind(SyntaxKind.GetAccessorDeclaration), "{", accessor.SemicolonToken, " }", changes);
                break;
            case PropertyDeclarationSyntax { ExpressionBody: { } arrow } property:
                CheckArrow(arrow, hasValue: true, "{ get {", property.SemicolonToken, " } }", changes);
                break;
            case IndexerDeclarationSyntax { ExpressionBody: { } arrow } indexer:
                CheckArrow(arrow, hasValue: true, "{ get {", indexer.SemicolonToken, " } }", changes);
                break;
        }
    }

    private static void CheckArrow(
        ArrowExpressionClauseSyntax arrow, bool hasValue, string open, SyntaxToken semicolon, string close, List<(int, int, string)> changes)
    {
        changes.Add((arrow.ArrowToken.SpanStart, arrow.ArrowToken.Span.Length, open + CallCheck));
        // Before the expression and not at the arrow: the statement's first line is the one that an exception is told with.
        if (hasValue && arrow.Expression is not ThrowExpressionSyntax)
            changes.Add((arrow.Expression.SpanStart, 0, "return "));
        changes.Add((semicolon.Span.End, 0, close));
    }

    private static TypeSyntax? ResultOf(BaseMethodDeclarationSyntax method) => method switch
    {
        MethodDeclarationSyntax { ReturnType: var result } => result,
        OperatorDeclarationSyntax { ReturnType: var result } => result,
        ConversionOperatorDeclarationSyntax { Type: var result } => result,
        _ => null,
    };

    // An asynchronous function returns a value if its task is of a type with one: Task<int>, not Task.
    private static bool HasValue(TypeSyntax result, SyntaxTokenList modifiers) =>
        modifiers.Any(SyntaxKind.AsyncKeyword)
            ? result.DescendantNodesAndSelf().OfType<GenericNameSyntax>().Any()
            : result is not PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
}
