using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>Stops the running cell. https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-interrupt</summary>
internal static class InterruptHandler
{
    public static Task HandleAsync(Request request, KernelState kernel)
    {
        kernel.Session.Interrupt();
        kernel.Reply(request, new OkReply());
        return Task.CompletedTask;
    }
}
