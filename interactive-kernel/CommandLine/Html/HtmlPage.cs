using System.Net;
using System.Reflection;
using System.Text;
using SchedulerActivations.CommandLine.Notebooks;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.CommandLine.Html;

/// <summary>An executed notebook as one page that needs nothing else: no network, no server, no other file.</summary>
internal static class HtmlPage
{
    public static string Of(NotebookFile notebook)
    {
        var markdown = new MarkdownText(Path.GetDirectoryName(Path.GetFullPath(notebook.Path))!);
        var cells = new StringBuilder();
        foreach (var cell in notebook.Cells)
            cells.Append(CellHtml.Of(cell, markdown));
        return Resource("page.html")
            .Replace("{{title}}", WebUtility.HtmlEncode(TitleOf(notebook)), StringComparison.Ordinal)
            .Replace("{{style}}", Resource("page.css"), StringComparison.Ordinal)
            .Replace("{{source}}", WebUtility.HtmlEncode(Path.GetFileName(notebook.Path)), StringComparison.Ordinal)
            // Last: nothing is searched for in what the notebook says.
            .Replace("{{head}}", NeedsCharts(notebook) ? NotebookLibrary.PageHead : "", StringComparison.Ordinal)
            .Replace("{{cells}}", cells.ToString(), StringComparison.Ordinal);
    }

    // The chart library is megabytes; a page without charts goes without it.
    private static bool NeedsCharts(NotebookFile notebook) => notebook.Cells
        .SelectMany(static cell => cell.Outputs)
        .Any(static output => MultilineText.Join(output?["data"]?["text/html"]).Contains("lotly", StringComparison.Ordinal));

    private static string TitleOf(NotebookFile notebook) => notebook.Cells
        .Where(static cell => cell.Type == "markdown")
        .SelectMany(static cell => cell.Source.Split('\n'))
        .FirstOrDefault(static line => line.StartsWith("# ", StringComparison.Ordinal))?[2..].Trim()
        ?? Path.GetFileNameWithoutExtension(notebook.Path);

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        return new StreamReader(stream).ReadToEnd();
    }
}
