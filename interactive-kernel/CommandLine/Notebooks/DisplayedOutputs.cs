using System.Text.Json.Nodes;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.CommandLine.Notebooks;

/// <summary>All outputs of a notebook: who may touch them, and the displays among them that can be replaced later.</summary>
/// <remarks>Threads of earlier cells may still write: one lock for all outputs of a notebook.</remarks>
internal sealed class DisplayedOutputs
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<JsonObject>> _byId = [];
    private bool _isClosed;

    /// <summary>Changes outputs; does nothing once they are closed.</summary>
    public void Change(Action change)
    {
        lock (_gate)
        {
            if (!_isClosed)
                change();
        }
    }

    /// <summary>Reads outputs while nobody changes them.</summary>
    public T Read<T>(Func<T> read)
    {
        lock (_gate)
            return read();
    }

    /// <summary>Leaves the outputs as they are, for those who write the notebook.</summary>
    public void Close()
    {
        lock (_gate)
            _isClosed = true;
    }

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
