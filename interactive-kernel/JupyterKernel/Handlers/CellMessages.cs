using System.Text.Json.Nodes;
using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Session;
using SchedulerActivations.JupyterKernel.Wire;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>A cell's outputs as messages to all front ends.</summary>
internal sealed class CellMessages(KernelState kernel, Request request) : ICellOutput
{
    public void WriteStandardOutput(string text) => kernel.Publish(request, "stream", new StreamOutput("stdout", text));

    public void WriteStandardError(string text) => kernel.Publish(request, "stream", new StreamOutput("stderr", text));

    public void Display(MimeBundle data, string? displayId) => kernel.Publish(request, "display_data", Content(data, displayId));

    public void UpdateDisplay(MimeBundle data, string displayId) => kernel.Publish(request, "update_display_data", Content(data, displayId));

    public void Clear(bool wait) => kernel.Publish(request, "clear_output", new ClearOutput(wait));

    /// <summary>The forms of a display as front ends want them: text as text, JSON as JSON.</summary>
    public static JsonObject ToJson(MimeBundle bundle) => new(bundle.Data.Select(static form =>
        KeyValuePair.Create(form.Key, IsJson(form.Key) ? JsonNode.Parse(form.Value) : form.Value)));

    private static bool IsJson(string mimeType) => mimeType == "application/json" || mimeType.EndsWith("+json", StringComparison.Ordinal);

    private static DisplayData Content(MimeBundle data, string? displayId) =>
        new(ToJson(data), [], displayId is null ? [] : new JsonObject { ["display_id"] = displayId });
}
