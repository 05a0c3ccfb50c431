using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.FSharp.Collections;
using Plotly.NET;

namespace SchedulerActivations.Notebook;

/// <summary>Gives a chart to Plotly.NET, as its own types.</summary>
/// <remarks>
/// Only what a user asks for goes this way. Plotly.NET needs a newer FSharp.Core than .NET Interactive has loaded, so
/// the HTML of our charts must not depend on it.
/// </remarks>
internal static class PlotlyChart
{
    // What plotly.js takes when a layout names no height.
    private const int Height = 450;

    private static readonly Lazy<bool> s_isShown = new(() =>
    {
        Formatter.Register<GenericChart>(ToHtml, MimeBundle.Html);
        Formatter.Register<GenericChart>(_ => "A chart of Plotly.NET.", MimeBundle.Plain);
        Formatter.SetPreferredMimeTypesFor(typeof(GenericChart), MimeBundle.Html, MimeBundle.Plain);
        return true;
    });

    public static GenericChart Of(JsonObject figure)
    {
        // Else the value of a cell would be shown as the tree of its objects. Only now: a host that cannot load Plotly.NET's types never comes here.
        _ = s_isShown.Value;
        var traces = figure["data"]!.AsArray().Select(each =>
        {
            var properties = each!.AsObject();
            var trace = new Trace(properties["type"]!.GetValue<string>());
            Fill(trace, properties.Where(property => property.Key != "type"));
            return trace;
        });
        var layout = new Layout();
        Fill(layout, figure["layout"]!.AsObject());
        return GenericChart.setLayout(layout, GenericChart.ofTraceObjects(false, ListModule.OfSeq(traces)));
    }

    // Drawn by the chart library that the page has for our own charts.
    private static string ToHtml(GenericChart chart)
    {
        var figure = JsonNode.Parse(GenericChart.toFigureJson(chart))!;
        return ChartHtml.Of(figure, (int?)figure["layout"]?["height"] ?? Height, "");
    }

    private static void Fill(DynamicObj.DynamicObj target, IEnumerable<KeyValuePair<string, JsonNode?>> properties)
    {
        foreach (var (name, value) in properties)
            if (Value(value) is { } set) target.SetProperty(name, set);
    }

    private static object? Value(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject properties:
                var made = new DynamicObj.DynamicObj();
                Fill(made, properties);
                return made;
            case JsonArray items:
                return items.Select(Value).ToArray();
            case JsonValue value when value.TryGetValue<string>(out var text):
                return text;
            case JsonValue value when value.TryGetValue<bool>(out var truth):
                return truth;
            case JsonValue value when value.TryGetValue<int>(out var number):
                return number;
            case JsonValue value:
                return value.GetValue<double>();
            default:
                return null;
        }
    }
}
