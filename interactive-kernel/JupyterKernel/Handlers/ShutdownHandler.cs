using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>Ends the kernel; a restart is an end after which the front end starts another.</summary>
/// <remarks>https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-shutdown</remarks>
internal static class ShutdownHandler
{
    public static Task HandleAsync(Request request, KernelState kernel)
    {
        var reply = new ShutdownReply(request.Read(WireJson.Default.ShutdownRequest).Restart);
        kernel.IsShuttingDown = true;
        kernel.Session.Interrupt();
        kernel.Reply(request, reply);
        // Other front ends of the same kernel learn of it here.
        kernel.Publish(request, "shutdown_reply", reply);
        return Task.CompletedTask;
    }
}
