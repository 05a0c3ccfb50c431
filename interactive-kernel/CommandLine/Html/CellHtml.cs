using System.Text;
using System.Text.Json.Nodes;
using SchedulerActivations.CommandLine.Notebooks;

namespace SchedulerActivations.CommandLine.Html;

/// <summary>One cell of the page: text, or code and what it showed.</summary>
internal static class CellHtml
{
    public static string Of(NotebookCell cell, MarkdownText markdown) => cell.Type switch
    {
        "markdown" => $"<section class=\"text\">\n{markdown.ToHtml(cell.Source, cell.Json["attachments"] as JsonObject)}</section>\n",
        "code" when cell.Source.Trim().Length > 0 => Code(cell, markdown),
        _ => "",
    };

    private static string Code(NotebookCell cell, MarkdownText markdown)
    {
        var html = new StringBuilder();
        html.Append("<section class=\"code\">\n<div class=\"number\">").Append(cell.Json["execution_count"]?.ToString() is { } number ? $"[{number}]" : "").Append("</div>\n");
        html.Append("<pre class=\"source\"><code>").Append(CSharpHtml.Of(cell.Source)).Append("</code></pre>\n");
        foreach (var output in cell.Outputs.OfType<JsonObject>())
            html.Append(OutputHtml.Of(output, markdown));
        return html.Append("</section>\n").ToString();
    }
}
