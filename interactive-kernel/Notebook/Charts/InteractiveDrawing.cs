using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SkiaSharp;

namespace SchedulerActivations.Notebook;

/// <summary>Makes what plotly.js draws of a figure. Colours of text and background are left to the page, dark or light.</summary>
internal static class InteractiveDrawing
{
    private const string Grid = "rgba(127,127,127,0.25)";
    private const double Gap = 0.09;

    // From top to bottom: plotly.js' buttons, which come with the mouse, the title, the legend, the first panel's title. The buttons are as
    // wide as a third of a title, so the title stands below them.
    private const int TitleTop = 26, Head = 106, LegendLine = 29, Foot = 52;

    /// <summary>The traces and the layout, in plotly.js' own terms.</summary>
    public static JsonObject Of(Figure figure)
    {
        var named = new HashSet<string>();
        // Of a trace without data plotly.js shows no legend entry.
        var traces = figure.Panels.SelectMany((panel, index) => panel.Series.Where(series => !series.IsEmpty).Select(series => ToTrace(series, panel, Number(index), named.Add(series.Name))));
        return new JsonObject { ["data"] = new JsonArray([.. traces]), ["layout"] = ToLayout(figure) };
    }

    /// <summary>Height in pixels: the static picture's, and what the head takes beyond that one's.</summary>
    public static int HeightOf(Figure figure) => figure.Height + HeadOf(figure) - 92;

    private static int HeadOf(Figure figure) => Head + LegendLine * (LegendLines(figure) - 1);

    // plotly.js breaks the legend and lets it grow upwards over the title; where it breaks follows from the page's width and font, so a
    // little more is reserved. An entry is its text, its sign and a gap.
    private static int LegendLines(Figure figure)
    {
        using var font = new SKFont(ChartFont.Typeface, 12);
        var (lines, left) = (1, 0f);
        foreach (var series in figure.Legend)
        {
            var width = font.MeasureText(series.Name) + 45;
            if (left > 0 && left + width > Figure.Width - 60)
            {
                lines++;
                left = 0;
            }
            left += width;
        }
        return lines;
    }

    private static JsonObject ToTrace(Series series, Panel panel, string axis, bool inLegend)
    {
        var trace = new JsonObject { ["type"] = series is Bars ? "bar" : "scatter" };
        trace["name"] = Node(Text(series.Name));
        trace["legendgroup"] = Node(series.Name);
        trace["showlegend"] = Node(inLegend);
        trace["xaxis"] = Node("x" + axis);
        trace["yaxis"] = Node("y" + axis);
        trace["hoverinfo"] = Node(series is Marks ? "skip" : "text");
        switch (series)
        {
            case Curve curve:
                trace["mode"] = Node("lines");
                trace["line"] = Object(("color", series.Color), ("width", 2.5),
                    ("dash", curve.Dash switch { Dash.Dashed => "dash", Dash.Dotted => "dot", _ => "solid" }));
                SetPoints(trace, panel, curve.Points);
                break;
            case Moments moments:
                // One line with gaps: plotly.js breaks it where a coordinate is missing.
                trace["mode"] = Node("lines");
                trace["line"] = Object(("color", series.Color), ("width", 2.5));
                trace["x"] = new JsonArray([.. moments.Items.SelectMany(moment => new JsonNode?[] { Short(moment.At, panel.X), Short(moment.At, panel.X), null })]);
                trace["y"] = new JsonArray([.. moments.Items.SelectMany(_ => new JsonNode?[] { panel.Y.Min, panel.Y.Max, null })]);
                trace["hovertext"] = new JsonArray([.. moments.Items.SelectMany(moment => new JsonNode?[] { Text(moment.Hover), Text(moment.Hover), null })]);
                break;
            case Marks marks:
                trace["mode"] = Node("markers");
                trace["marker"] = Object(("color", series.Color), ("size", marks.Sign == Sign.Arrival ? 9 : 7),
                    ("symbol", marks.Sign == Sign.Arrival ? "triangle-down" : "circle"));
                SetPoints(trace, panel, marks.Points);
                break;
            case Bars bars:
                trace["orientation"] = Node("h");
                trace["width"] = Node(bars.Thickness);
                trace["y"] = Node(bars.Items.Select(bar => bar.Row).ToArray());
                trace["base"] = Node(bars.Items.Select(bar => Short(bar.Start, panel.X)).ToArray());
                trace["x"] = Node(bars.Items.Select(bar => Short(bar.End - bar.Start, panel.X)).ToArray());
                trace["hovertext"] = Node(bars.Items.Select(bar => Text(bar.Hover)).ToArray());
                trace["marker"] = Node(Object(("color", series.Color), ("line", Object(("color", series.Color), ("width", bars.Outlined ? 1.5 : 0)))));
                break;
        }
        return trace;
    }

    private static void SetPoints(JsonObject trace, Panel panel, IReadOnlyList<Point> points)
    {
        trace["x"] = Node(points.Select(point => Short(point.X, panel.X)).ToArray());
        trace["y"] = Node(points.Select(point => Short(point.Y, panel.Y)).ToArray());
        if (points.Any(point => point.Hover.Length > 0)) trace["hovertext"] = Node(points.Select(point => Text(point.Hover)).ToArray());
    }

    private static JsonObject ToLayout(Figure figure)
    {
        var layout = new JsonObject();
        var height = HeightOf(figure);
        var plots = (double)(height - HeadOf(figure) - Foot);
        layout["title"] = Node(Object(("text", Text(figure.Title)), ("x", 0), ("xanchor", "left"), ("xref", "paper"), ("y", 1 - (double)TitleTop / height), ("yanchor", "top"), ("yref", "container"), ("font", Object(("size", 17)))));
        layout["height"] = Node(height);
        layout["margin"] = Node(Object(("l", 70), ("r", 20), ("t", HeadOf(figure)), ("b", Foot)));
        layout["paper_bgcolor"] = Node("rgba(0,0,0,0)");
        layout["plot_bgcolor"] = Node("rgba(0,0,0,0)");
        layout["barmode"] = Node("overlay");
        layout["hovermode"] = Node("closest");
        layout["legend"] = Node(Object(("orientation", "h"), ("x", 0), ("y", 1 + 24 / plots), ("yanchor", "bottom"), ("bgcolor", "rgba(0,0,0,0)")));

        var annotations = new JsonArray();
        var weights = Enumerable.Range(0, figure.Rows).Select(row => figure.Panels.Skip(row * figure.Columns).Take(figure.Columns).Max(panel => panel.Weight)).ToList();
        var gap = figure.Rows > 1 ? Math.Min(46 / plots, 0.5 / figure.Rows) : 0;
        var shared = 1 - gap * (figure.Rows - 1);
        var top = 1.0;
        for (var row = 0; row < figure.Rows; row++)
        {
            var bottom = Math.Max(top - shared * weights[row] / weights.Sum(), 0);
            for (var column = 0; column < figure.Columns && row * figure.Columns + column < figure.Panels.Count; column++)
            {
                var index = row * figure.Columns + column;
                var panel = figure.Panels[index];
                var width = (1 - Gap * (figure.Columns - 1)) / figure.Columns;
                var left = column * (width + Gap);
                layout["xaxis" + Number(index)] = Node(ToAxis(panel.X, [left, Math.Min(left + width, 1)], "y" + Number(index), index == 0 ? null : "x"));
                var y = ToAxis(panel.Y, [bottom, top], "x" + Number(index), null);
                // Names of ports may be of any length.
                y["automargin"] = Node(true);
                layout["yaxis" + Number(index)] = y;
                if (panel.Title.Length > 0)
                    annotations.Add((JsonNode)Object(("text", Text(panel.Title)), ("showarrow", false), ("xref", "paper"), ("yref", "paper"),
                        ("x", left), ("xanchor", "left"), ("y", top), ("yanchor", "bottom"), ("font", Object(("size", 13)))));
            }
            top = bottom - gap;
        }
        layout["annotations"] = annotations;
        return layout;
    }

    private static JsonObject ToAxis(Axis axis, double[] domain, string anchor, string? matches)
    {
        var made = Object(("domain", domain), ("anchor", anchor), ("range", new[] { axis.Min, axis.Max }), ("title", Object(("text", Text(axis.Title)), ("standoff", 8))),
            ("gridcolor", Grid), ("linecolor", Grid), ("showgrid", axis.Grid), ("zeroline", false), ("exponentformat", "none"));
        if (matches is not null) made["matches"] = Node(matches);
        if (axis.Ticks is not { } ticks) return made;
        made["tickmode"] = Node("array");
        made["tickvals"] = Node(ticks.Select(tick => Short(tick.At, axis)).ToArray());
        made["ticktext"] = Node(ticks.Select(tick => Text(tick.Label)).ToArray());
        return made;
    }

    private static JsonObject Object(params (string Name, object Value)[] properties)
    {
        var made = new JsonObject();
        foreach (var (name, value) in properties) made[name] = Node(value);
        return made;
    }

    private static JsonNode? Node(object value) => value as JsonNode ?? JsonSerializer.SerializeToNode(value);

    // The first axes have no number, the second ones have 2.
    private static string Number(int index) => index == 0 ? "" : (index + 1).ToString(CultureInfo.InvariantCulture);

    // A millionth of the axis is finer than a pixel, and half the size of a double's seventeen digits. Late in a long run it takes more of them.
    private static double Short(double value, Axis axis) =>
        Math.Round(value, (int)Math.Clamp(6 - Math.Floor(Math.Log10(axis.Max - axis.Min)), 0, 15));

    // plotly.js takes texts for a kind of HTML: the name of a port "in <1>" would lose its number.
    private static string Text(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
