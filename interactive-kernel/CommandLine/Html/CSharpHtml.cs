using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SchedulerActivations.JupyterKernel.Session;

namespace SchedulerActivations.CommandLine.Html;

/// <summary>C# with its keywords, texts, numbers and comments in colour.</summary>
internal static class CSharpHtml
{
    public static string Of(string source)
    {
        var html = new StringBuilder();
        if (MagicLine.Of(source) is not null)
        {
            var end = source.IndexOf('\n', source.IndexOf("#!", StringComparison.Ordinal)) is >= 0 and var newLine ? newLine : source.Length;
            Append(html, "magic", source[..end]);
            source = source[end..];
        }

        foreach (var token in SyntaxFactory.ParseSyntaxTree(source, SubmissionChain.ParseOptions).GetRoot().DescendantTokens())
        {
            AppendTrivia(html, token.LeadingTrivia);
            Append(html, KindOf(token), token.Text);
            AppendTrivia(html, token.TrailingTrivia);
        }

        return html.ToString();
    }

    private static string? KindOf(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.NumericLiteralToken => "number",
        SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.Utf8StringLiteralToken
            or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
            or SyntaxKind.InterpolatedStringStartToken or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.InterpolatedStringEndToken
            or SyntaxKind.InterpolatedVerbatimStringStartToken => "string",
        var kind when SyntaxFacts.IsKeywordKind(kind) => "keyword",
        SyntaxKind.IdentifierToken when token.Text is "var" => "keyword",
        _ => null,
    };

    private static void AppendTrivia(StringBuilder html, SyntaxTriviaList trivia)
    {
        foreach (var piece in trivia)
            Append(html, IsComment(piece) ? "comment" : null, piece.ToFullString());
    }

    private static bool IsComment(SyntaxTrivia trivia) => trivia.Kind() is
        SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia or
        SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia;

    private static void Append(StringBuilder html, string? kind, string text)
    {
        var encoded = WebUtility.HtmlEncode(text);
        _ = kind is null || text.Length == 0 ? html.Append(encoded) : html.Append($"<span class=\"{kind}\">{encoded}</span>");
    }
}
