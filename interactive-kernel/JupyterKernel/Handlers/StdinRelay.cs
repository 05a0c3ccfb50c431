using System.Text.Json;
using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Session;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>Asks the front end that runs a cell for a line, and waits for the answer.</summary>
internal sealed class StdinRelay(IMessageSender sender)
{
    private TaskCompletionSource<string>? _asked;

    /// <summary>The standard input of the cell that <paramref name="request"/> runs.</summary>
    public ICellInput InputOf(Request request) => new Input(this, request);

    /// <summary>Takes a front end's answer; one that nobody waits for is dropped.</summary>
    public void Answer(Request message)
    {
        if (message.Type != "input_reply")
            return;
        try
        {
            var answer = message.Read(WireJson.Default.InputReply);
            Interlocked.Exchange(ref _asked, null)?.TrySetResult(answer.Value);
        }
        catch (JsonException)
        {
            // Without a value it is no answer; the question stands.
        }
    }

    private string Ask(Request request)
    {
        var asked = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _asked, asked);
        sender.Send(new(MessageChannel.Stdin, "input_request", request, new InputRequest("")));
        // A managed wait: an interrupt of the cell ends it.
        return asked.Task.GetAwaiter().GetResult();
    }

    private sealed class Input(StdinRelay relay, Request request) : ICellInput
    {
        public string? ReadLine() => relay.Ask(request);
    }
}
