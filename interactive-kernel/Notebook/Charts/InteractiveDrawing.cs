using System.Globalization;
using Microsoft.FSharp.Collections;
using Plotly.NET;

namespace SchedulerActivations.Notebook;

/// <summary>Makes a Plotly chart of a figure. Colours of text and background are left to the page, dark or light.</summary>
internal static class InteractiveDrawing
{
    private const string Grid = "rgba(127,127,127,0.25)";
    private const double Gap = 0.09;

    public static GenericChart Of(Figure figure)
    {
        var named = new HashSet<string>();
        var traces = figure.Panels.SelectMany((panel, index) => panel.Series.Select(series => ToTrace(series, Number(index), named.Add(series.Name))));
        var chart = GenericChart.ofTraceObjects(false, ListModule.OfSeq(traces));
        return GenericChart.setLayout(ToLayout(figure), chart);
    }

    private static Trace ToTrace(Series series, string axis, bool inLegend)
    {
        var trace = new Trace(series is Bars ? "bar" : "scatter");
        trace.SetProperty("name", series.Name);
        trace.SetProperty("legendgroup", series.Name);
        trace.SetProperty("showlegend", inLegend);
        trace.SetProperty("xaxis", "x" + axis);
        trace.SetProperty("yaxis", "y" + axis);
        trace.SetProperty("hoverinfo", series is Marks ? "skip" : "text");
        switch (series)
        {
            case Curve curve:
                trace.SetProperty("mode", "lines");
                trace.SetProperty("line", Object(("color", series.Color), ("width", 2.5),
                    ("dash", curve.Dash switch { Dash.Dashed => "dash", Dash.Dotted => "dot", _ => "solid" })));
                SetPoints(trace, curve.Points);
                break;
            case Marks marks:
                trace.SetProperty("mode", "markers");
                trace.SetProperty("marker", Object(("color", series.Color), ("size", marks.Sign == Sign.Arrival ? 9 : 7),
                    ("symbol", marks.Sign == Sign.Arrival ? "triangle-down" : "circle")));
                SetPoints(trace, marks.Points);
                break;
            case Bars bars:
                trace.SetProperty("orientation", "h");
                trace.SetProperty("width", bars.Thickness);
                trace.SetProperty("y", bars.Items.Select(bar => bar.Row).ToArray());
                trace.SetProperty("base", bars.Items.Select(bar => Short(bar.Start)).ToArray());
                trace.SetProperty("x", bars.Items.Select(bar => Short(bar.End - bar.Start)).ToArray());
                trace.SetProperty("hovertext", bars.Items.Select(bar => bar.Hover).ToArray());
                trace.SetProperty("marker", Object(("color", series.Color), ("line", Object(("color", series.Color), ("width", bars.Outlined ? 1.5 : 0)))));
                break;
        }
        return trace;
    }

    private static void SetPoints(Trace trace, IReadOnlyList<Point> points)
    {
        trace.SetProperty("x", points.Select(point => Short(point.X)).ToArray());
        trace.SetProperty("y", points.Select(point => Short(point.Y)).ToArray());
        if (points.Any(point => point.Hover.Length > 0)) trace.SetProperty("hovertext", points.Select(point => point.Hover).ToArray());
    }

    private static Layout ToLayout(Figure figure)
    {
        var layout = new Layout();
        layout.SetProperty("title", Object(("text", figure.Title), ("x", 0), ("xanchor", "left"), ("xref", "paper"), ("y", 1 - 12.0 / figure.Height), ("yanchor", "top"), ("yref", "container"), ("font", Object(("size", 17)))));
        layout.SetProperty("height", figure.Height);
        layout.SetProperty("margin", Object(("l", 70), ("r", 20), ("t", 92), ("b", 52)));
        layout.SetProperty("paper_bgcolor", "rgba(0,0,0,0)");
        layout.SetProperty("plot_bgcolor", "rgba(0,0,0,0)");
        layout.SetProperty("barmode", "overlay");
        layout.SetProperty("hovermode", "closest");
        layout.SetProperty("legend", Object(("orientation", "h"), ("x", 0), ("y", 1 + 24.0 / (figure.Height - 144)), ("yanchor", "bottom"), ("bgcolor", "rgba(0,0,0,0)")));

        var annotations = new List<object>();
        var weights = Enumerable.Range(0, figure.Rows).Select(row => figure.Panels.Skip(row * figure.Columns).Take(figure.Columns).Max(panel => panel.Weight)).ToList();
        var gap = figure.Rows > 1 ? Math.Min(46.0 / (figure.Height - 144), 0.5 / figure.Rows) : 0;
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
                layout.SetProperty("xaxis" + Number(index), ToAxis(panel.X, [left, Math.Min(left + width, 1)], "y" + Number(index), index == 0 ? null : "x"));
                layout.SetProperty("yaxis" + Number(index), ToAxis(panel.Y, [bottom, top], "x" + Number(index), null));
                if (panel.Title.Length > 0)
                    annotations.Add(Object(("text", panel.Title), ("showarrow", false), ("xref", "paper"), ("yref", "paper"),
                        ("x", left), ("xanchor", "left"), ("y", top), ("yanchor", "bottom"), ("font", Object(("size", 13)))));
            }
            top = bottom - gap;
        }
        layout.SetProperty("annotations", annotations);
        return layout;
    }

    private static DynamicObj.DynamicObj ToAxis(Axis axis, double[] domain, string anchor, string? matches)
    {
        var made = Object(("domain", domain), ("anchor", anchor), ("range", new[] { axis.Min, axis.Max }), ("title", Object(("text", axis.Title), ("standoff", 8))),
            ("gridcolor", Grid), ("linecolor", Grid), ("showgrid", axis.Grid), ("zeroline", false));
        if (matches is not null) made.SetProperty("matches", matches);
        if (axis.Ticks is not { } ticks) return made;
        made.SetProperty("tickmode", "array");
        made.SetProperty("tickvals", ticks.Select(tick => Short(tick.At)).ToArray());
        made.SetProperty("ticktext", ticks.Select(tick => tick.Label).ToArray());
        return made;
    }

    private static DynamicObj.DynamicObj Object(params (string Name, object Value)[] properties)
    {
        var made = new DynamicObj.DynamicObj();
        foreach (var (name, value) in properties) made.SetProperty(name, value);
        return made;
    }

    // The first axes have no number, the second ones have 2.
    private static string Number(int index) => index == 0 ? "" : (index + 1).ToString(CultureInfo.InvariantCulture);

    // Six digits are finer than a pixel, and half the size of a double's seventeen.
    private static double Short(double value) => value == 0 || !double.IsFinite(value) ? value
        : double.Parse(value.ToString("G7", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
