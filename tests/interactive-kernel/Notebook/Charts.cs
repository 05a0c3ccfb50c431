using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Microsoft.DotNet.Interactive.Formatting;
using Plotly.NET;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Machines.Stock;
using SchedulerActivations.Notebook;
using SkiaSharp;
using Chart = SchedulerActivations.Notebook.Chart;
using Figure = SchedulerActivations.Notebook.Figure;
using Trace = SchedulerActivations.Experiments.Trace;

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

    [Theory]
    [InlineData("Kolejka wątków, première, lập lịch")]
    [InlineData("Планировщик Ґанок Ђ")]
    [InlineData("Χρονοδρομολογητής")]
    [InlineData("Պլան გეგმა")]
    public void Pictures_have_letters_of_many_languages(string name) => Assert.True(ChartFont.Typeface.ContainsGlyphs(name), name);

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
    public void The_interactive_chart_makes_room_for_long_names_of_ports()
    {
        var result = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5));
        var chart = (result with { Ports = [result.Ports[0] with { Port = "a connection with a long name" }] }).Timeline();
        var axis = InteractiveDrawing.Of(chart.Figure)["layout"]!["yaxis"]!;
        Assert.Contains("a connection with a long name", axis["ticktext"]!.AsArray().Select(label => (string)label!));
        Assert.True((bool?)axis["automargin"]);
    }

    [Fact]
    public void A_port_with_a_very_long_name_leaves_room_for_the_picture()
    {
        var sample = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5));
        using var picture = SKBitmap.Decode((sample with { Ports = [sample.Ports[0] with { Port = new string('x', 200) }] }).Timeline().ToPng());
        Assert.True(picture.Pixels.Count(pixel => pixel == SKColor.Parse(Palette.Waiting)) > 3000);
    }

    [Fact]
    public void The_interactive_title_stands_below_the_buttons_and_above_a_legend_of_any_length()
    {
        var chart = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5)).Timeline();
        var many = new Chart(chart.Figure with { Panels = [chart.Figure.Panels[0] with { Series = [.. Enumerable.Range(0, 20).Select(i => new Curve($"a curve with a name {i}", "#000000", Dash.Solid, [new Point(0, 0, "")]))] }] }, "");
        int Head(Chart each) => (int)InteractiveDrawing.Of(each.Figure)["layout"]!["margin"]!["t"]!;
        // The buttons are 24 pixels high, the title 20, a line of the legend 29, a panel's title 24.
        Assert.True(Head(chart) >= 24 + 20 + 29 + 24);
        Assert.True(Head(many) - Head(chart) >= 3 * 29, $"{Head(many)}");
        Assert.Contains($"height:{InteractiveDrawing.HeightOf(many.Figure)},", many.ToHtml(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_interactive_chart_places_bars_as_exactly_late_in_a_long_run_as_at_its_start()
    {
        var sample = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5));
        const long hour = 3_600_000_000_000;
        var late = sample with
        {
            Elapsed = TimeSpan.FromHours(2),
            Trace = new Trace([new TraceEvent(hour + 123_456, 0, 1, TraceEventKind.Running, 0), new TraceEvent(hour + 456_789, 0, 2, TraceEventKind.Running, 0), new TraceEvent(hour + 789_123, 0, 0, TraceEventKind.Idle, 0)], 0),
        };
        var data = InteractiveDrawing.Of(late.Timeline(TimeSpan.FromHours(1), TimeSpan.FromMilliseconds(1)).Figure)["data"]!.AsArray();
        Assert.Equal([3_600_000.123456, 3_600_000.456789], data.Select(bars => (double)bars!["base"]![0]!), (one, other) => Math.Abs(one - other) < 1e-5);
    }

    [Fact]
    public void The_interactive_chart_shows_names_as_they_are_and_not_as_html()
    {
        var sample = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5));
        var odd = sample with { Ports = [sample.Ports[0] with { Port = "in <1> & <b>out</b>" }], Threads = [.. sample.Threads.Select(thread => thread with { Name = thread.Name + " <i>" })] };
        var chart = InteractiveDrawing.Of(odd.Timeline().Figure);
        Assert.Contains("in &lt;1> &amp; &lt;b>out&lt;/b>", chart["layout"]!["yaxis"]!["ticktext"]!.AsArray().Select(label => (string)label!));
        Assert.Contains("compute 1 &lt;i>", chart["data"]!.AsArray().Select(series => (string)series!["name"]!));
    }

    [Fact]
    public void No_two_lines_look_the_same_although_a_colour_comes_again()
    {
        // The session has seen the second one first.
        _ = Palette.Of("Line2");
        var many = new Comparison([.. Enumerable.Range(1, 15).Select(i => SampleResults.Of($"Line{i}", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(i)))]);
        var lines = many.ReactivityChart().Figure.Panels[0].Series.OfType<Curve>().ToList();
        Assert.Equal(15, lines.Count);
        Assert.Equal(15, lines.Select(line => (line.Color, line.Dash)).Distinct().Count());
    }

    [Fact]
    public void A_single_event_is_a_level_line()
    {
        var reactivity = new ReactivityHistogram();
        reactivity.Record(12_345);
        var one = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.Zero) with { Ports = [new PortReactivity("port 1", reactivity, 1, 1)] };
        var points = one.ReactivityChart().Figure.Panels[0].Series.OfType<Curve>().Single().Points;
        Assert.Equal((0, 1), (points[0].X, points[^1].X));
        Assert.Single(points.Select(point => point.Y).Distinct());
    }

    [Fact]
    public void Of_many_events_the_longest_alone_is_at_a_hundred_per_cent()
    {
        var reactivity = new ReactivityHistogram();
        for (var i = 0; i < 1_000_000; i++) reactivity.Record(i < 999_999 ? 1000 : 5_000_000);
        var many = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.Zero) with { Ports = [new PortReactivity("port 1", reactivity, 1_000_000, 1_000_000)] };
        var hovers = many.ReactivityChart().Figure.Panels[0].Series.OfType<Curve>().Single().Points.Select(point => point.Hover).ToList();
        Assert.Equal(["port 1: 99.999 % ≤ 1.00 µs", "port 1: 100 % ≤ 5.00 ms"], hovers.TakeLast(2));
    }

    [Fact]
    public void An_axis_of_durations_has_numbers_however_little_the_durations_differ()
    {
        for (var time = 10.0; time < 1e10; time *= 1.02)
        {
            var labels = LogTimeAxis.Of("", time, time).Ticks!.Select(tick => tick.Label).ToList();
            Assert.True(labels.Count is > 1 and < 12 && labels.Distinct().Count() == labels.Count, $"{time}: {string.Join(", ", labels)}");
        }
        // Of what takes no time there is one number: a nanosecond has no parts.
        for (var time = 1; time < 10; time++) Assert.Contains($"{time} ns", LogTimeAxis.Of("", time, time).Ticks!.Select(tick => tick.Label));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(8, 2)]
    [InlineData(14, 2)]
    public void Panels_of_many_numbers_of_virtual_processors_are_wide_enough_to_read(int numbers, int columns)
    {
        var figure = new Comparison([.. Enumerable.Range(1, numbers).Select(number => SampleResults.Of("RoundRobin", new SimulatedMachine(), number, TimeSpan.FromMilliseconds(1)))]).ReactivityChart().Figure;
        Assert.Equal((numbers, columns), (figure.Panels.Count, figure.Columns));
        var axes = InteractiveDrawing.Of(figure)["layout"]!.AsObject().Where(property => property.Key.StartsWith("xaxis", StringComparison.Ordinal)).Select(axis => axis.Value!["domain"]!);
        Assert.All(axes, domain => Assert.True((double)domain[1]! - (double)domain[0]! > 0.2));
    }

    [Fact]
    public void What_a_chart_shows_nowhere_is_not_in_its_legend_and_what_it_shows_in_a_later_panel_is()
    {
        // plotly.js has no legend entry for a trace without data.
        Panel With(params Series[] series) => new("", new("", 0, 1), new("", 0, 1), series);
        Bars Of(string name, int bars) => new(name, "#000000", 0.5, false, [.. Enumerable.Repeat(new Bar(0, 0, 1, ""), bars)]);
        var figure = new Figure("", [With(Of("later", 0), Of("never", 0), new Curve("first", "#000000", Dash.Solid, [new Point(0, 0, "")])), With(Of("later", 1), Of("never", 0))], 1, 300);
        Assert.Equal(["first", "later"], figure.Legend.Select(series => series.Name));
        var named = InteractiveDrawing.Of(figure)["data"]!.AsArray().Where(trace => (bool)trace!["showlegend"]!);
        Assert.Equal([("first", 1), ("later", 1)], named.Select(trace => ((string)trace!["name"]!, trace["x"]!.AsArray().Count)));
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
    public void A_chart_of_plotly_net_is_shown_as_a_chart_and_not_as_its_objects()
    {
        var chart = Compared.ReactivityChart().ToPlotly();
        Assert.Equal(["text/html", "text/plain"], Formatter.GetPreferredMimeTypesFor(chart.GetType()));
        var html = chart.ToDisplayString("text/html");
        Assert.Matches("class=\"scheduler-chart\" data-chart=\"[0-9A-F]{12}\"", html);
        Assert.Contains($"height:{InteractiveDrawing.HeightOf(Compared.ReactivityChart().Figure)},figure:{{\"data\":[", html, StringComparison.Ordinal);
        Assert.Equal("A chart of Plotly.NET.", chart.ToDisplayString("text/plain"));
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
