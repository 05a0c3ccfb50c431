using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Plotly.NET;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Machines.Stock;
using SchedulerActivations.Notebook;
using SkiaSharp;
using Chart = SchedulerActivations.Notebook.Chart;
using Figure = SchedulerActivations.Notebook.Figure;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

/// <summary>Charts as pictures and as HTML.</summary>
public sealed class Charts
{
    private static readonly Comparison Compared = new(SampleResults.Compared());

    [Fact]
    public void A_comparison_shows_the_distribution_and_a_timeline_for_each_machine()
    {
        var html = Compared.ToHtml();
        Assert.Equal(3, Regex.Count(html, "class=\"scheduler-chart\""));
        Assert.Equal(3, Regex.Count(html, "<img alt=\"[^\"]+\" [^>]*src=\"data:image/png;base64,"));
        Assert.True(html.Length < 300_000, $"{html.Length} characters");
        Assert.DoesNotContain("http", html.Replace("http://www.w3.org", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_results_give_the_same_html() => Assert.Equal(Compared.ToHtml(), new Comparison(SampleResults.Compared()).ToHtml());

    [Fact]
    public void A_long_trace_is_thinned()
    {
        var chart = Compared.Timeline(new SimulatedMachine(), from: TimeSpan.Zero, length: TimeSpan.FromSeconds(1));
        Assert.True(chart.ToHtml().Length < 150_000, $"{chart.ToHtml().Length} characters");
    }

    [Fact]
    public void A_picture_has_its_size_its_colours_and_its_text()
    {
        var png = Compared.ReactivityChart().ToPng();
        Assert.Equal(Figure.Width, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
        using var picture = SKBitmap.Decode(png);
        var colors = picture.Pixels.GroupBy(pixel => pixel).ToDictionary(group => group.Key, group => group.Count());
        Assert.InRange(colors[SKColors.White], picture.Pixels.Length / 2, picture.Pixels.Length - 5000);
        foreach (var policy in new[] { "RoundRobin", "IoFirst" }) Assert.True(colors[SKColor.Parse(Palette.Of(policy))] > 500, policy);
        // The title: ink where its letters are, on a machine with or without fonts.
        var ink = Enumerable.Range(14, 400).Sum(x => Enumerable.Range(8, 20).Count(y => picture.GetPixel(x, y).Red < 128));
        Assert.True(ink > 500, $"{ink} dark pixels in the title");
    }

    [Fact]
    public void Pictures_are_saved_as_png_svg_and_page()
    {
        var folder = Directory.CreateTempSubdirectory("charts-").FullName;
        var chart = Compared.Timeline(new StockMachine(), 2);
        chart.SavePng(Path.Combine(folder, "a.png"));
        chart.SaveSvg(Path.Combine(folder, "a.svg"));
        chart.SaveHtml(Path.Combine(folder, "a.html"));
        using var picture = SKBitmap.Decode(Path.Combine(folder, "a.png"));
        Assert.Equal(2 * Figure.Width, picture.Width);
        Assert.Contains("<text", File.ReadAllText(Path.Combine(folder, "a.svg")), StringComparison.Ordinal);
        Assert.Contains(PlotlyBundle.Script, File.ReadAllText(Path.Combine(folder, "a.html")), StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_chart_says_in_words_what_it_shows()
    {
        var text = Compared.ReactivityChart().Text;
        Assert.Contains("IoFirst (simulated, 1 VP): p50", text, StringComparison.Ordinal);
        Assert.Contains("RoundRobin: ", Compared.Timeline(new SimulatedMachine()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_timeline_shows_the_waits_of_its_stretch_of_time()
    {
        var chart = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5)).Timeline(TimeSpan.FromMilliseconds(95), TimeSpan.FromMilliseconds(30));
        var panel = Assert.Single(chart.Figure.Panels);
        Assert.Equal([100.0, 110.0, 120.0], Assert.Single(panel.Series.OfType<Marks>(), marks => marks.Sign == Sign.Arrival).Points.Select(point => point.X));
        Assert.Contains(panel.Series.OfType<Bars>().SelectMany(bars => bars.Items), bar => bar.Hover.StartsWith("io 1 on VP 0", StringComparison.Ordinal));
    }

    [Fact]
    public void The_interactive_chart_makes_room_for_long_names_of_ports()
    {
        var result = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5));
        var chart = (result with { Ports = [result.Ports[0] with { Port = "a connection with a long name" }] }).Timeline();
        var axis = InteractiveDrawing.Of(chart.Figure)["layout"]!["yaxis"]!;
        Assert.Contains("a connection with a long name", axis["ticktext"]!.AsArray().Select(label => (string)label!));
        Assert.True((bool?)axis["automargin"]);
    }

    [Fact]
    public void A_result_without_events_or_trace_shows_its_table_only()
    {
        var bare = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5)) with { Ports = [], Trace = Experiments.Trace.Empty };
        Assert.Equal(["text/html", "text/plain"], bare.ToMimeBundle().Data.Keys);
        Assert.Throws<ArgumentException>(() => bare.Timeline());
    }

    [Fact]
    public void Plotly_net_gets_the_same_chart()
    {
        var json = GenericChart.toFigureJson(Compared.ReactivityChart().ToPlotly());
        Assert.Contains("\"name\":\"IoFirst\"", json, StringComparison.Ordinal);
        Assert.Contains("\"xaxis4\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_keeps_its_colour()
    {
        Assert.Equal(Palette.Of("IoFirst"), Palette.Of("IoFirst"));
        Assert.NotEqual(Palette.Of("IoFirst"), Palette.Of("RoundRobin"));
    }

    [Fact]
    public void The_chart_library_shuns_amd_loaders_and_ends_no_script_element()
    {
        Assert.Contains("var define, module, exports;", PlotlyBundle.Script, StringComparison.Ordinal);
        Assert.DoesNotContain("</script", PlotlyBundle.Script, StringComparison.OrdinalIgnoreCase);
        Assert.IsType<Chart>(Compared.ReactivityChart());
    }
}
