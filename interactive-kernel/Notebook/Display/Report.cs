using System.Text;
using System.Text.Encodings.Web;

namespace SchedulerActivations.Notebook;

/// <summary>What is shown of one run or of several: what went wrong, a table, what the reader has to know, and charts.</summary>
internal sealed record Report(IReadOnlyList<Problem> Problems, Table Table, IReadOnlyList<string> Notes, IReadOnlyList<Chart> Charts)
{
    private const string Line = "1px solid rgba(127,127,127,.35)";

    public MimeBundle ToMimeBundle()
    {
        var data = new Dictionary<string, string> { [MimeBundle.Html] = ToHtml() };
        if (Charts.Count > 0) data[MimeBundle.Png] = Convert.ToBase64String(Charts[0].ToPng());
        data[MimeBundle.Plain] = ToText();
        return new MimeBundle(data);
    }

    public string ToText()
    {
        var text = new StringBuilder();
        foreach (var problem in Problems)
        {
            text.Append("ERROR: ").Append(problem.Heading).Append('\n').Append(problem.Message).Append('\n');
            if (problem.SourceLine is { } line) text.Append("    ").Append(line).Append('\n');
            text.Append('\n');
        }
        text.AppendJoin('\n', Table.ToLines()).Append('\n');
        foreach (var note in Notes) text.Append("Note: ").Append(note).Append('\n');
        return text.ToString();
    }

    /// <summary>HTML that takes its colours from the page, dark or light.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder("""<div class="scheduler-report" style="line-height:1.4">""");
        foreach (var problem in Problems) AppendProblem(html, problem);
        AppendTable(html);
        foreach (var note in Notes)
            html.Append("""<div style="margin:.3em 0;opacity:.8;font-size:.92em"><b>Note:</b> """).Append(Encode(note)).Append("</div>");
        foreach (var chart in Charts) html.Append(chart.ToHtml());
        return html.Append("</div>").ToString();
    }

    private static void AppendProblem(StringBuilder html, Problem problem)
    {
        html.Append("""<div class="scheduler-problem" role="alert" style="border-left:5px solid #D55E00;background:rgba(213,94,0,.12);padding:.5em .9em;margin:.4em 0 .8em">""")
            .Append("<b>").Append(Encode(problem.Heading)).Append("</b><br>").Append(Encode(problem.Message));
        if (problem.SourceLine is { } line)
            html.Append("""<pre style="margin:.4em 0 0;background:transparent;color:inherit;white-space:pre-wrap">""").Append(Encode(line)).Append("</pre>");
        if (problem.Details is { } details)
            html.Append("""<details><summary>""").Append(Encode(problem.DetailsTitle)).Append("""</summary><pre style="background:transparent;color:inherit;font-size:.85em;overflow:auto">""").Append(Encode(details)).Append("</pre></details>");
        html.Append("</div>");
    }

    private void AppendTable(StringBuilder html)
    {
        html.Append("""<table class="scheduler-table" style="border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.3em 0"><thead><tr>""");
        foreach (var column in Table.Columns)
            html.Append("<th style=\"").Append(CellStyle(column)).Append(";border-bottom:2px solid rgba(127,127,127,.6)\">").Append(Encode(column.Title)).Append("</th>");
        html.Append("</tr></thead><tbody>");
        foreach (var row in Table.Rows)
        {
            html.Append("<tr>");
            foreach (var (column, cell) in Table.Columns.Zip(row.Cells))
            {
                html.Append("<td style=\"").Append(CellStyle(column)).Append(row.StartsGroup ? ";border-top:" + Line : "").Append(cell.IsBest ? ";font-weight:bold" : "").Append("\">");
                if (cell.Color is { } color)
                    html.Append("<span style=\"display:inline-block;width:.7em;height:.7em;border-radius:50%;margin-right:.5em;background:").Append(color).Append("\"></span>");
                html.Append(Encode(cell.Text)).Append("</td>");
            }
            html.Append("</tr>");
        }
        html.Append("</tbody></table>");
    }

    private static string CellStyle(Column column) =>
        $"padding:.25em .9em;white-space:nowrap;text-align:{(column.IsNumber ? "right" : "left")}";

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
