using System.Text;
using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.InteractiveKernel.Tests.Protocol;

public sealed class WireFormatTests
{
    private readonly WireFormat _format = new(new Signer("secret"), new StoppedClock(), "session");

    [Fact]
    public void A_message_is_written_as_approved()
    {
        var request = Read(Frames("""{"msg_id":"1","msg_type":"execute_request","session":"f","extra":true}"""))!;
        var reply = _format.Write(new(MessageChannel.Shell, "shutdown_reply", request, new ShutdownReply(true)));
        var output = _format.Write(new(MessageChannel.IOPub, "stream", request, new StreamOutput("stdout", "text\n")));
        Approval.Verify("frames.txt", Readable(reply) + "\n" + Readable(output));
    }

    [Fact]
    public void A_signed_message_is_read_with_its_identities_and_its_header_as_it_came()
    {
        var request = Read(Frames("""{"msg_id":"1","msg_type":"execute_request","extra":true}"""))!;
        Assert.Equal("execute_request", request.Type);
        Assert.Equal("identity", Encoding.UTF8.GetString(Assert.Single(request.Identities)));
        Assert.Contains("extra", Encoding.UTF8.GetString(request.RawHeader), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData(6, """{"code":"changed on the way"}""")]
    [InlineData(3, """{"msg_id":"2","msg_type":"shutdown_request"}""")]
    public void A_message_that_was_changed_on_the_way_is_refused(int frame, string changed)
    {
        var frames = Frames("""{"msg_id":"1","msg_type":"execute_request"}""");
        frames[frame] = Encoding.UTF8.GetBytes(changed);
        Assert.Null(Read(frames));
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"msg_id":"1"}""")]
    [InlineData("\u0000")]
    public void A_signed_message_with_a_malformed_header_is_refused(string header) => Assert.Null(Read(Frames(header)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public void A_message_with_too_few_frames_is_refused(int count) =>
        Assert.Null(Read(Frames("""{"msg_id":"1","msg_type":"execute_request"}""")[..count]));

    [Fact]
    public void Without_a_key_nothing_is_signed_and_everything_is_read()
    {
        var format = new WireFormat(new Signer(""), new StoppedClock(), "session");
        var frames = Frames("""{"msg_id":"1","msg_type":"execute_request"}""");
        frames[2] = [];
        Assert.True(format.TryRead(MessageChannel.Shell, frames, out var request, out _));
        Assert.Empty(format.Write(new(MessageChannel.Shell, "execute_reply", request, new OkReply()))[2]);
    }

    [Fact]
    public void A_mime_bundle_s_json_is_json_and_its_text_is_text()
    {
        var data = JupyterKernel.Handlers.CellMessages.ToJson(new(new Dictionary<string, string>
        {
            ["text/plain"] = "{}",
            ["application/json"] = """{"a":1}""",
            ["application/vnd.plotly.v1+json"] = "[]",
        }));
        Assert.Equal("""{"text/plain":"{}","application/json":{"a":1},"application/vnd.plotly.v1+json":[]}""", data.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    private static List<byte[]> Frames(string header)
    {
        byte[] h = Encoding.UTF8.GetBytes(header), empty = "{}"u8.ToArray(), content = """{"code":"1"}"""u8.ToArray();
        return ["identity"u8.ToArray(), "<IDS|MSG>"u8.ToArray(), Encoding.ASCII.GetBytes(new Signer("secret").Sign(h, empty, empty, content)), h, empty, empty, content];
    }

    private static string Readable(IEnumerable<byte[]> frames) => string.Concat(frames.Select(frame => Encoding.UTF8.GetString(frame) + "\n"));

    private Request? Read(List<byte[]> frames) => _format.TryRead(MessageChannel.Shell, frames, out var request, out _) ? request : null;

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    }
}
