using System.Text.Json.Nodes;
using SchedulerActivations.JupyterKernel.Session;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.CommandLine.Notebooks;

/// <summary>Writes what a cell shows into the notebook.</summary>
/// <param name="cell">The cell.</param>
/// <param name="displays">The outputs of the whole notebook: a later cell can replace this one's displays.</param>
internal sealed class NotebookOutputs(NotebookCell cell, DisplayedOutputs displays) : ICellOutput
{
    private bool _clearBeforeNext;

    public void WriteStandardOutput(string text) => Append("stdout", text);

    public void WriteStandardError(string text) => Append("stderr", text);

    public void Display(MimeBundle data, string? displayId) => displays.Change(() =>
    {
        var output = new JsonObject { ["output_type"] = "display_data", ["data"] = DataOf(data), ["metadata"] = new JsonObject() };
        Add(output);
        if (displayId is not null)
            displays.Remember(displayId, output);
    });

    public void UpdateDisplay(MimeBundle data, string displayId) => displays.Change(() => displays.Update(displayId, data, DataOf));

    public void Clear(bool wait) => displays.Change(() =>
    {
        _clearBeforeNext = wait;
        if (!wait)
            cell.Outputs.Clear();
    });

    public void Result(MimeBundle data, int number) => displays.Change(() =>
        Add(new() { ["output_type"] = "execute_result", ["execution_count"] = number, ["data"] = DataOf(data), ["metadata"] = new JsonObject() }));

    public void Error(CellError error) => displays.Change(() => Add(new()
    {
        ["output_type"] = "error",
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["traceback"] = new JsonArray([.. error.Traceback.Select(static line => (JsonNode?)line)]),
    }));

    /// <summary>What the cell has printed and resulted in so far. Displays are left out: one may have been a progress report, which is over.</summary>
    public IReadOnlyList<string> Texts() => displays.Read<IReadOnlyList<string>>(() =>
    [
        .. from output in cell.Outputs
           let text = (string?)output!["output_type"] switch
           {
               "stream" => output["text"],
               "execute_result" => output["data"]?["text/plain"],
               _ => null,
           }
           where text is not null
           select MultilineText.Join(text),
    ]);

    private static JsonObject DataOf(MimeBundle bundle) => new(bundle.Data.Select(static form => KeyValuePair.Create(form.Key, ValueOf(form.Key, form.Value))));

    private static JsonNode? ValueOf(string mimeType, string value)
    {
        if (mimeType == "application/json" || mimeType.EndsWith("+json", StringComparison.Ordinal))
            return JsonNode.Parse(value);
        return mimeType.StartsWith("text/", StringComparison.Ordinal) || mimeType == "image/svg+xml" ? MultilineText.Split(value) : value;
    }

    private void Append(string stream, string text) => displays.Change(() =>
    {
        if (!_clearBeforeNext && cell.Outputs.LastOrDefault() is JsonObject last && (string?)last["name"] == stream)
            MultilineText.Append(last["text"]!.AsArray(), text);
        else
            Add(new() { ["output_type"] = "stream", ["name"] = stream, ["text"] = MultilineText.Split(text) });
    });

    private void Add(JsonObject output)
    {
        if (_clearBeforeNext)
            cell.Outputs.Clear();
        _clearBeforeNext = false;
        cell.Outputs.Add((JsonNode)output);
    }
}
