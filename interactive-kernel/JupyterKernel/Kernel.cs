using SchedulerActivations.JupyterKernel.Handlers;
using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Session;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.JupyterKernel;

/// <summary>A Jupyter kernel without its sockets: takes requests, sends messages.</summary>
/// <remarks>
/// Requests on the shell channel wait for each other. Those on the control channel wait for each other too but for no
/// cell, so that a running one can be interrupted.
/// </remarks>
internal sealed class Kernel : IDisposable
{
    private readonly KernelState _state;
    private readonly ShellQueue _control = new();

    public Kernel(ScriptSession session, IMessageSender sender)
    {
        _state = new(session, sender);
        var shell = ServeAsync(_state.Shell);
        var control = ServeAsync(_control);
        Ended = Task.WhenAll(shell, control);
    }

    /// <summary>Ends after a shutdown request was answered.</summary>
    public Task Ended { get; }

    /// <summary>Tells front ends that listen already that a kernel starts.</summary>
    public void Announce() => _state.Publish(null, "status", new Status("starting"));

    /// <summary>Takes a message from a front end; returns at once.</summary>
    public void Receive(Request request)
    {
        switch (request.Channel)
        {
            case MessageChannel.Stdin:
                _state.Stdin.Answer(request);
                break;
            case MessageChannel.Control:
                _control.Add(request);
                break;
            default:
                _state.Shell.Add(request);
                break;
        }
    }

    public void Dispose() => _state.Dispose();

    private async Task ServeAsync(ShellQueue requests)
    {
        // Never on the caller's thread: that one is the sockets'.
        await Task.Yield();
        await foreach (var request in requests.ReadAllAsync())
        {
            await Dispatcher.DispatchAsync(request, _state);
            if (_state.IsShuttingDown)
            {
                // What still waits is answered with "aborted"; nothing more is taken.
                _state.Shell.Close();
                _control.Close();
            }
        }
    }
}
