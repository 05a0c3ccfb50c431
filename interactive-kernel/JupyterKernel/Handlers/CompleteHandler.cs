using System.Text.Json.Nodes;
using SchedulerActivations.JupyterKernel.Language;
using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>Completes code. https://jupyter-client.readthedocs.io/en/stable/messaging.html#completion</summary>
internal static class CompleteHandler
{
    public static async Task HandleAsync(Request request, KernelState kernel)
    {
        var asked = request.Read(WireJson.Default.CompleteRequest);
        var found = await kernel.Language.CompleteAsync(asked.Code, UnicodePosition.ToUtf16(asked.Code, asked.CursorPos));
        var (start, end) = (UnicodePosition.FromUtf16(asked.Code, found.Start), UnicodePosition.FromUtf16(asked.Code, found.End));
        // JupyterLab draws an icon for each kind.
        var types = new JsonArray([.. found.Items.Select(item => (JsonNode)new JsonObject
        {
            ["text"] = item.Text,
            ["type"] = item.Kind,
            ["start"] = start,
            ["end"] = end,
        })]);
        kernel.Reply(request, new CompleteReply([.. found.Items.Select(static item => item.Text)], start, end, new JsonObject { ["_jupyter_types_experimental"] = types }));
    }
}
