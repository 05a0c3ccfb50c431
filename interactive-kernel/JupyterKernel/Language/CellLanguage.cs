using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.QuickInfo;
using SchedulerActivations.JupyterKernel.Session;

namespace SchedulerActivations.JupyterKernel.Language;

/// <summary>Completes and explains code of the next cell, with everything in sight that earlier cells defined.</summary>
internal sealed class CellLanguage(SubmissionChain chain) : IDisposable
{
    private readonly Lazy<CellWorkspace> _workspace = new(() => new CellWorkspace(chain));

    public async Task<Completions> CompleteAsync(string code, int position)
    {
        var document = _workspace.Value.Open(code);
        var service = CompletionService.GetService(document)!;
        var found = await service.GetCompletionsAsync(document, position);
        // What is already written between the span's start and the cursor; the rest of a word behind it is replaced too.
        var written = code[Math.Min(found.Span.Start, position)..position];
        var fitting = found.ItemsList
            .Where(item => item.FilterText.StartsWith(written, StringComparison.OrdinalIgnoreCase))
            .OrderBy(static item => item.SortText, StringComparer.Ordinal);
        var items = new List<Completion>();
        foreach (var item in fitting.DistinctBy(static item => item.DisplayText))
        {
            if (await TextOfAsync(service, document, item) is { } text)
                items.Add(new(text, KindOf(item)));
        }

        return items.Count > 0 ? new(items, found.Span.Start, Math.Max(position, found.Span.End)) : new([], position, position);
    }

    // What takes the place of what is written: behind "override", a whole method. The usings that Roslyn would add to it every
    // cell has; a change in another place only is none that a front end can make.
    private static async Task<string?> TextOfAsync(CompletionService service, Document document, CompletionItem item) =>
        item.IsComplexTextEdit
            ? (await service.GetChangeAsync(document, item)).TextChanges.FirstOrDefault(change => change.Span == item.Span).NewText
            : item.DisplayText;

    /// <summary>
    /// The declaration and the documentation of what stands at the position, or else of what is called with the arguments around
    /// it; null if nothing is known of either.
    /// </summary>
    public async Task<string?> ExplainAsync(string code, int position)
    {
        var document = _workspace.Value.Open(code);
        var root = (await document.GetSyntaxRootAsync())!;
        // With the cursor behind a name, as after typing it, the name is meant. That 1 is an Int32 is no explanation.
        foreach (var at in (int[])[position, position - 1])
        {
            if (at >= 0 && root.FindToken(at).Parent is not LiteralExpressionSyntax && await ExplainAsync(document, at) is { } text)
                return text;
        }

        return await ExplainAsync(document, CalledAround(root, position));
    }

    public void Dispose()
    {
        if (_workspace.IsValueCreated)
            _workspace.Value.Dispose();
    }

    private static async Task<string?> ExplainAsync(Document document, int position) =>
        position >= 0 && await QuickInfoService.GetService(document)!.GetQuickInfoAsync(document, position) is { Sections.IsEmpty: false } info
            ? string.Join("\n\n", info.Sections.Select(static section => section.Text))
            : null;

    // Where the name stands of what is called with the argument list around the position; -1 outside of all.
    private static int CalledAround(SyntaxNode root, int position)
    {
        // Behind an open list's last character one is still in it.
        var lists = root.FindToken(Math.Max(0, position - 1)).Parent?.AncestorsAndSelf().OfType<ArgumentListSyntax>() ?? [];
        var around = lists.FirstOrDefault(list => position >= list.OpenParenToken.Span.End && (list.CloseParenToken.IsMissing || position <= list.CloseParenToken.SpanStart));
        return around?.Parent switch
        {
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: var name } } => name.SpanStart,
            InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name: var name } } => name.SpanStart,
            InvocationExpressionSyntax { Expression: var function } => function.SpanStart,
            ObjectCreationExpressionSyntax { Type: QualifiedNameSyntax { Right: var name } } => name.SpanStart,
            ObjectCreationExpressionSyntax { Type: var type } => type.SpanStart,
            ImplicitObjectCreationExpressionSyntax { NewKeyword: var keyword } => keyword.SpanStart,
            _ => -1,
        };
    }

    private static string KindOf(CompletionItem item) => item.Tags.FirstOrDefault() switch
    {
        "ExtensionMethod" or "Method" => "method",
        "Local" or "Parameter" or "RangeVariable" => "variable",
        "Structure" => "struct",
        "EnumMember" => "enum member",
        { } tag => tag.ToLowerInvariant(),
        null => "text",
    };
}
