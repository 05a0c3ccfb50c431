using SchedulerActivations.JupyterKernel.Language;
using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>Says whether Enter should run the cell. https://jupyter-client.readthedocs.io/en/stable/messaging.html#code-completeness</summary>
internal static class IsCompleteHandler
{
    public static Task HandleAsync(Request request, KernelState kernel)
    {
        var code = request.Read(WireJson.Default.IsCompleteRequest).Code;
        kernel.Reply(request, Completeness.Of(code) switch
        {
            Completeness.State.Complete => new IsCompleteReply("complete"),
            Completeness.State.Incomplete => new IsCompleteReply("incomplete", "    "),
            _ => new IsCompleteReply("invalid"),
        });
        return Task.CompletedTask;
    }
}
