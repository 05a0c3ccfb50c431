using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SchedulerActivations.CommandLine.Notebooks;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.CommandLine.Html;

/// <summary>One output of a cell, in the richest form that a page can show.</summary>
internal static partial class OutputHtml
{
    public static string Of(JsonObject output, MarkdownText markdown) => output["output_type"]?.ToString() switch
    {
        "stream" => Text(MultilineText.Join(output["text"]), output["name"]?.ToString() == "stderr" ? "stderr" : "stdout"),
        "error" => Text(string.Join('\n', output["traceback"] is JsonArray lines ? lines.Select(static line => line?.ToString()) : []), "error"),
        "execute_result" or "display_data" when output["data"] is JsonObject data => $"<div class=\"output\">{Rich(data, markdown)}</div>\n",
        _ => "",
    };

    private static string Rich(JsonObject data, MarkdownText markdown)
    {
        string? Form(string mimeType) => data[mimeType] is { } form ? MultilineText.Join(form) : null;

        var picture = Picture(Form);
        if (Form("text/html") is { } html)
            return WithoutBundle(html) + StaticPicture(html, picture);
        if (picture is not null)
            return picture;
        if (Form("text/markdown") is { } text)
            return markdown.ToHtml(text, null);
        return $"<pre>{WebUtility.HtmlEncode(Form("text/plain") ?? "")}</pre>";
    }

    private static string? Picture(Func<string, string?> form)
    {
        if (form("image/svg+xml") is { } svg)
            return svg;
        foreach (var mimeType in (ReadOnlySpan<string>)["image/png", "image/jpeg", "image/gif"])
        {
            if (form(mimeType) is { } base64)
                return $"<img alt=\"output\" src=\"data:{mimeType};base64,{base64.ReplaceLineEndings("")}\">";
        }

        return null;
    }

    // A chart that draws itself has a picture beside it for readers without JavaScript, unless it brought one.
    private static string StaticPicture(string html, string? picture) =>
        picture is null || html.Contains("<noscript", StringComparison.OrdinalIgnoreCase) ? "" : $"<noscript>{picture}</noscript>";

    // The first chart of a session brings the chart library along, for Jupyter; the page has it in its head.
    private static string WithoutBundle(string html) => html.Replace(PlotlyBundle.Script, "", StringComparison.Ordinal);

    private static string Text(string text, string kind) =>
        $"<pre class=\"output {kind}\">{WebUtility.HtmlEncode(TerminalColours().Replace(text, ""))}</pre>\n";

    [GeneratedRegex("\x1b\\[[0-9;]*[A-Za-z]")]
    private static partial Regex TerminalColours();
}
