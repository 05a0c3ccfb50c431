using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
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
        var items = found.ItemsList
            .Where(item => !item.IsComplexTextEdit && item.FilterText.StartsWith(written, StringComparison.OrdinalIgnoreCase))
            .OrderBy(static item => item.SortText, StringComparer.Ordinal)
            .Select(static item => new Completion(item.DisplayText, KindOf(item)))
            .DistinctBy(static item => item.Text)
            .ToList();
        return items.Count > 0 ? new(items, found.Span.Start, Math.Max(position, found.Span.End)) : new([], position, position);
    }

    /// <summary>The declaration and the documentation of what stands at the position; null if nothing is known of it.</summary>
    public async Task<string?> ExplainAsync(string code, int position)
    {
        var document = _workspace.Value.Open(code);
        var service = QuickInfoService.GetService(document)!;
        // With the cursor behind a name, as after typing it, the name is meant.
        var info = await service.GetQuickInfoAsync(document, position)
            ?? (position > 0 ? await service.GetQuickInfoAsync(document, position - 1) : null);
        return info is null or { Sections.IsEmpty: true } ? null : string.Join("\n\n", info.Sections.Select(static section => section.Text));
    }

    public void Dispose()
    {
        if (_workspace.IsValueCreated)
            _workspace.Value.Dispose();
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
