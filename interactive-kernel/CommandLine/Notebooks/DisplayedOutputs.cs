using System.Text.Json.Nodes;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.CommandLine.Notebooks;

/// <summary>The displays of a notebook that can be replaced later.</summary>
internal sealed class DisplayedOutputs
{
    private readonly Dictionary<string, List<JsonObject>> _byId = [];

    public void Remember(string displayId, JsonObject output)
    {
        if (!_byId.TryGetValue(displayId, out var outputs))
            _byId[displayId] = outputs = [];
        outputs.Add(output);
    }

    public void Update(string displayId, MimeBundle data, Func<MimeBundle, JsonObject> toJson)
    {
        foreach (var output in _byId.GetValueOrDefault(displayId) ?? [])
            output["data"] = toJson(data);
    }
}
