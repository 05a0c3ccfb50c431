using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SchedulerActivations.JupyterKernel;
using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Session;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.InteractiveKernel.Tests.Protocol;

/// <summary>Talks to a kernel as Jupyter does, without sockets.</summary>
internal sealed class FrontEnd : IDisposable
{
    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly ScriptSession _session = new();
    private int _requests;

    public FrontEnd() => Kernel = new(_session, Sender);

    public FakeSender Sender { get; } = new();

    public Kernel Kernel { get; }

    public static JsonObject Execute(string code) => new() { ["code"] = code };

    /// <summary>Sends a request and returns at once.</summary>
    public Conversation Send(string type, JsonObject? content = null, MessageChannel channel = MessageChannel.Shell)
    {
        var header = new Header($"request-{++_requests}", type, "front-end");
        var request = new Request(channel, [[1, 2, 3]], header, JsonSerializer.SerializeToUtf8Bytes(header), JsonElement.Parse((content ?? []).ToJsonString()));
        var conversation = new Conversation(this, request);
        Kernel.Receive(request);
        return conversation;
    }

    /// <summary>Sends a request and waits until the kernel says that it is idle again.</summary>
    public async Task<IReadOnlyList<Said>> AskAsync(string type, JsonObject? content = null, MessageChannel channel = MessageChannel.Shell)
    {
        var conversation = Send(type, content, channel);
        await conversation.Idle;
        return conversation.Messages;
    }

    public async Task<JsonNode> ReplyAsync(string type, JsonObject? content = null, MessageChannel channel = MessageChannel.Shell) =>
        (await AskAsync(type, content, channel)).Single(said => said.Channel == channel).Content;

    public static string Readable(IEnumerable<Said> messages) =>
        new JsonArray([.. messages.Select(said => (JsonNode)new JsonObject { ["channel"] = said.Channel.ToString(), ["type"] = said.Type, ["content"] = said.Content.DeepClone() })]).ToJsonString(s_readable) + "\n";

    public void Dispose()
    {
        Kernel.Dispose();
        _session.Dispose();
    }

    internal sealed record Said(MessageChannel Channel, string Type, JsonNode Content)
    {
        public static Said Of(OutgoingMessage message) =>
            new(message.Channel, message.Type, JsonSerializer.SerializeToNode(message.Content, WireJson.Default.GetTypeInfo(message.Content.GetType())!)!);
    }

    /// <summary>A request and everything said about it.</summary>
    internal sealed class Conversation
    {
        private readonly FrontEnd _frontEnd;
        private readonly Request _request;
        private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Conversation(FrontEnd frontEnd, Request request)
        {
            (_frontEnd, _request) = (frontEnd, request);
            frontEnd.Sender.Sending += message =>
            {
                if (ReferenceEquals(message.Parent, request) && message.Content is Status { ExecutionState: "idle" })
                    _idle.TrySetResult();
            };
        }

        public Task Idle => _idle.Task.WaitAsync(s_patience);

        public IReadOnlyList<Said> Messages => [.. _frontEnd.Sender.Sent.Where(message => ReferenceEquals(message.Parent, _request)).Select(Said.Of)];

        /// <summary>Waits for a message of a kind.</summary>
        public async Task<JsonNode> SaysAsync(string type)
        {
            var said = new TaskCompletionSource<OutgoingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
            void Notice(OutgoingMessage message)
            {
                if (ReferenceEquals(message.Parent, _request) && message.Type == type)
                    said.TrySetResult(message);
            }

            _frontEnd.Sender.Sending += Notice;
            foreach (var message in _frontEnd.Sender.Sent)
                Notice(message);
            return Said.Of(await said.Task.WaitAsync(s_patience)).Content;
        }
    }
}
