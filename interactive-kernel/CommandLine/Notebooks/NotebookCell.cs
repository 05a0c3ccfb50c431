using System.Text.Json.Nodes;

namespace SchedulerActivations.CommandLine.Notebooks;

/// <summary>A cell of a notebook file.</summary>
internal sealed class NotebookCell(JsonObject json, int index)
{
    /// <summary>Its place in the notebook, from 0.</summary>
    public int Index { get; } = index;

    public JsonObject Json { get; } = json;

    public string Type => Json["cell_type"]!.ToString();

    public bool IsCode => Type == "code";

    public string Source { get; } = MultilineText.Join(json["source"]);

    /// <summary>The cell is there to show an error: running goes on after it. The tag is nbclient's.</summary>
    public bool MayFail => HasTag("raises-exception");

    /// <summary>The cell is not to be run, and stays as it is. The tag is nbclient's too.</summary>
    public bool IsSkipped => HasTag("skip-execution");

    /// <summary>Whether running the notebook runs this cell.</summary>
    public bool Runs => IsCode && !IsSkipped && Source.Trim().Length > 0;

    public JsonArray Outputs => Json["outputs"] as JsonArray ?? [];

    /// <summary>Forgets an earlier run.</summary>
    public void Reset()
    {
        Json["outputs"] = new JsonArray();
        Json["execution_count"] = null;
    }

    private bool HasTag(string name) => Json["metadata"]?["tags"] is JsonArray tags && tags.Any(tag => tag?.ToString() == name);
}
