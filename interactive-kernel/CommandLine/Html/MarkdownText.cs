using System.Text.Json.Nodes;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace SchedulerActivations.CommandLine.Html;

/// <summary>A notebook's text as HTML; pictures that stand beside the notebook go into the page.</summary>
internal sealed class MarkdownText(string folder)
{
    private static readonly MarkdownPipeline s_pipeline = new MarkdownPipelineBuilder().UseAdvancedExtensions().Build();

    public string ToHtml(string markdown, JsonObject? attachments)
    {
        var document = Markdown.Parse(markdown, s_pipeline);
        foreach (var picture in document.Descendants<LinkInline>().Where(static link => link.IsImage))
            picture.Url = (picture.Url is { } url ? Inlined(url, attachments) : null) ?? picture.Url;
        return document.ToHtml(s_pipeline);
    }

    private string? Inlined(string url, JsonObject? attachments)
    {
        const string attachment = "attachment:";
        if (url.StartsWith(attachment, StringComparison.Ordinal))
            return attachments?[Uri.UnescapeDataString(url[attachment.Length..])] is JsonObject { Count: > 0 } forms
                ? forms.Select(static form => $"data:{form.Key};base64,{form.Value}").First()
                : null;
        var file = Path.Combine(folder, Uri.UnescapeDataString(url));
        return !url.Contains(':', StringComparison.Ordinal) && MimeTypeOf(file) is { } mimeType && File.Exists(file)
            ? $"data:{mimeType};base64,{Convert.ToBase64String(File.ReadAllBytes(file))}"
            : null;
    }

    private static string? MimeTypeOf(string file) => Path.GetExtension(file).ToLowerInvariant() switch
    {
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".gif" => "image/gif",
        ".svg" => "image/svg+xml",
        _ => null,
    };
}
