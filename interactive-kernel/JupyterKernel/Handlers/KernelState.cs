using SchedulerActivations.JupyterKernel.Language;
using SchedulerActivations.JupyterKernel.Session;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>What the handlers share.</summary>
internal sealed class KernelState(ScriptSession session, IMessageSender sender) : IDisposable
{
    public ScriptSession Session { get; } = session;

    public CellLanguage Language { get; } = new(session.Chain);

    public ShellQueue Shell { get; } = new();

    public StdinRelay Stdin { get; } = new(sender);

    public HistoryLog History { get; } = new();

    /// <summary>The number of the latest cell that counts.</summary>
    public int ExecutionCount { get; set; }

    /// <summary>How many cells did not count.</summary>
    public int UnnumberedCount { get; set; }

    /// <summary>Set when the kernel was asked to end.</summary>
    public bool IsShuttingDown { get; set; }

    /// <summary>Answers a request on the channel that it came by.</summary>
    public void Reply(Request request, object content) =>
        sender.Send(new(request.Channel, ReplyTypeOf(request), request, content));

    /// <summary>Tells all front ends.</summary>
    public void Publish(Request? parent, string type, object content) =>
        sender.Send(new(MessageChannel.IOPub, type, parent, content));

    public void Dispose() => Language.Dispose();

    // Every reply is called as its request: execute_request, execute_reply.
    private static string ReplyTypeOf(Request request) => request.Type.Replace("_request", "_reply", StringComparison.Ordinal);
}
