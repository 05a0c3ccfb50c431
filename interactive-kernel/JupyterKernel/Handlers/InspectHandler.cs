using System.Text.Json.Nodes;
using SchedulerActivations.JupyterKernel.Language;
using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Session;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>Explains the name at the cursor. https://jupyter-client.readthedocs.io/en/stable/messaging.html#introspection</summary>
internal static class InspectHandler
{
    public static async Task HandleAsync(Request request, KernelState kernel)
    {
        var asked = request.Read(WireJson.Default.InspectRequest);
        var text = await kernel.Language.ExplainAsync(asked.Code, UnicodePosition.ToUtf16(asked.Code, asked.CursorPos));
        kernel.Reply(request, text is null
            ? new InspectReply(false, [], [])
            : new InspectReply(true, new JsonObject { [MimeFormatting.PlainText] = text }, []));
    }
}
