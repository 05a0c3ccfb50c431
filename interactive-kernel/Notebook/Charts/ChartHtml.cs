using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace SchedulerActivations.Notebook;

/// <summary>A chart as HTML: the static picture first, so that every viewer shows something, and the figure for the chart library.</summary>
/// <remarks>
/// A chart waits in <c>window.schedulerCharts</c> until the library is on the page, wherever that stands. Its name is a
/// hash of what it shows: a notebook that runs again has the same outputs.
/// </remarks>
internal static class ChartHtml
{
    // Letters as they are, but no < that could end the script element.
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static string Of(Chart chart)
    {
        var alternative = HtmlEncoder.Default.Encode($"{chart.Title}. {chart.Text}");
        return Of(InteractiveDrawing.Of(chart.Figure), InteractiveDrawing.HeightOf(chart.Figure),
            $"""<img alt="{alternative}" style="max-width:100%;background:#fff" src="data:image/png;base64,{Convert.ToBase64String(chart.ToPng())}">""");
    }

    /// <summary>A figure for the chart library.</summary>
    /// <param name="figure">The traces and the layout, in plotly.js' own terms.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <param name="until">HTML that is shown until the library is there, an image if any.</param>
    public static string Of(JsonNode figure, int height, string until)
    {
        var json = figure.ToJsonString(s_json);
        var name = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..12];
        return $$"""
            <div class="scheduler-chart" data-chart="{{name}}" style="max-width:1100px;margin:.8em 0">{{until}}</div>
            <script>(window.schedulerCharts=window.schedulerCharts||[]).push({name:"{{name}}",height:{{height}},figure:{{json}}})</script>
            """;
    }
}
