using System.Text.Json.Nodes;
using SchedulerActivations.CommandLine.Html;
using SchedulerActivations.CommandLine.Notebooks;
using SchedulerActivations.Tests;

namespace SchedulerActivations.InteractiveKernel.Tests.CommandLine;

public sealed class HtmlTests : IDisposable
{
    private readonly Lab _lab = new();

    [Fact]
    public void Text_is_rendered_and_pictures_beside_the_notebook_go_into_the_page()
    {
        _lab.Write("dot.png", "not really a picture");
        var page = Page("""{"cell_type":"markdown","metadata":{},"source":["# Title & more\n","\n","A ![dot](dot.png) and a ![drop](attachment:drop.png)."],"attachments":{"drop.png":{"image/png":"QUJD"}}}""");
        Assert.Contains("<title>Title &amp; more</title>", page, StringComparison.Ordinal);
        Assert.Contains("src=\"data:image/png;base64,bm90", page, StringComparison.Ordinal);
        Assert.Contains("src=\"data:image/png;base64,QUJD\"", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("var x = 1; // one", "<span class=\"keyword\">var</span> x = <span class=\"number\">1</span>; <span class=\"comment\">// one</span>")]
    [InlineData("\"a<b\"", "<span class=\"string\">&quot;a&lt;b&quot;</span>")]
    [InlineData("#!policy\nclass", "<span class=\"magic\">#!policy</span>\n<span class=\"keyword\">class</span>")]
    [InlineData("this is not C#", "<span class=\"keyword\">this</span> <span class=\"keyword\">is</span> <span class=\"keyword\">not</span> C#")]
    public void Code_is_in_colour_and_no_character_is_lost(string code, string html) => Assert.Equal(html, CSharpHtml.Of(code));

    [Fact]
    public void A_chart_has_its_library_once_in_the_page_and_a_picture_for_readers_without_scripts()
    {
        var bundle = SchedulerActivations.Notebook.PlotlyBundle.Script;
        var chart = new JsonObject { ["output_type"] = "display_data", ["metadata"] = new JsonObject(), ["data"] = new JsonObject { ["text/html"] = $"<div id='chart'></div><script>{bundle}</script><script>Plotly.newPlot()</script>", ["image/png"] = "QUJD" } };
        var page = Page(new JsonObject { ["cell_type"] = "code", ["metadata"] = new JsonObject(), ["source"] = "chart", ["execution_count"] = 1, ["outputs"] = new JsonArray(chart, chart.DeepClone()) }.ToJsonString());
        Assert.Equal(1, page.Split(bundle).Length - 1);
        Assert.True(page.IndexOf(bundle, StringComparison.Ordinal) < page.IndexOf("id='chart'", StringComparison.Ordinal));
        Assert.Contains("<noscript><img alt=\"output\" src=\"data:image/png;base64,QUJD\"></noscript>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_without_charts_goes_without_their_library() =>
        Assert.DoesNotContain(SchedulerActivations.Notebook.PlotlyBundle.Script, Page("""{"cell_type":"markdown","metadata":{},"source":"text"}"""), StringComparison.Ordinal);

    [Fact]
    public void What_a_cell_printed_is_text_and_never_markup()
    {
        var page = Page("""{"cell_type":"code","metadata":{},"source":"x","execution_count":1,"outputs":[{"output_type":"stream","name":"stdout","text":["\u001b[31m<script>{{head}}</script>\u001b[0m"]}]}""");
        Assert.Contains("<pre class=\"output stdout\">&lt;script&gt;{{head}}&lt;/script&gt;</pre>", page, StringComparison.Ordinal);
    }

    public void Dispose() => _lab.Dispose();

    private string Page(params string[] cells) =>
        HtmlPage.Of(NotebookFile.Read(_lab.Write("n.ipynb", TestNotebook.OfJson(cells))));
}
