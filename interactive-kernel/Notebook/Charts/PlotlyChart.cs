using System.Text.Json.Nodes;
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
    public static GenericChart Of(JsonObject figure)
    {
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
