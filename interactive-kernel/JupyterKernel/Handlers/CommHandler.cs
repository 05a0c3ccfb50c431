using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>Comms are for widgets, which this kernel does not have: none is open, and one that is opened is closed.</summary>
/// <remarks>https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages</remarks>
internal static class CommHandler
{
    public static Task InfoAsync(Request request, KernelState kernel)
    {
        kernel.Reply(request, new CommInfoReply([]));
        return Task.CompletedTask;
    }

    public static Task OpenAsync(Request request, KernelState kernel)
    {
        kernel.Publish(request, "comm_close", new CommClose(request.Read(WireJson.Default.CommOpen).CommId, []));
        return Task.CompletedTask;
    }

    public static Task IgnoreAsync(Request request, KernelState kernel) => Task.CompletedTask;
}
