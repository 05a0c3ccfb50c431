using System.Text.Json;
using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Session;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>Hands each request to its handler, and tells all front ends "busy" before and "idle" after.</summary>
internal static class Dispatcher
{
    public static async Task DispatchAsync(Request request, KernelState kernel)
    {
        if (!HandlerTable.All.TryGetValue(request.Type, out var handler))
        {
            CellConsole.ProcessError.WriteLine($"A message on {request.Channel} was ignored: this kernel does not know {request.Type}.");
            return;
        }

        kernel.Publish(request, "status", new Status("busy"));
        try
        {
            await handler(request, kernel);
        }
        catch (JsonException exception)
        {
            kernel.Reply(request, new ErrorReply("MalformedRequest", $"The content of {request.Type} cannot be read: {exception.Message}", []));
        }
#pragma warning disable CA1031 // A mistake in one handler must not leave front ends waiting for ever.
        catch (Exception exception)
        {
            CellConsole.ProcessError.WriteLine(exception);
            kernel.Reply(request, new ErrorReply(exception.GetType().Name, exception.Message, []));
        }
#pragma warning restore CA1031
        finally
        {
            kernel.Publish(request, "status", new Status("idle"));
        }
    }
}
