using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SchedulerActivations.JupyterKernel.Wire;

/// <summary>Turns messages into the frames that ZeroMQ carries, and back.</summary>
/// <remarks>
/// identities… | &lt;IDS|MSG&gt; | signature | header | parent header | metadata | content | buffers…
/// https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
/// </remarks>
internal sealed class WireFormat(Signer signer, TimeProvider clock, string session)
{
    private static readonly byte[] s_delimiter = "<IDS|MSG>"u8.ToArray();
    private static readonly byte[] s_emptyObject = "{}"u8.ToArray();
    private long _messages;

    /// <summary>Reads a message; false, with the reason, for one that is malformed or not signed with the key.</summary>
    public bool TryRead(MessageChannel channel, IReadOnlyList<byte[]> frames, out Request? request, out string? reason)
    {
        request = null;
        var at = 0;
        while (at < frames.Count && !frames[at].AsSpan().SequenceEqual(s_delimiter))
            at++;
        if (frames.Count - at < 6)
        {
            reason = "it has too few frames";
            return false;
        }

        var (header, parent, metadata, content) = (frames[at + 2], frames[at + 3], frames[at + 4], frames[at + 5]);
        if (!signer.IsSigned(frames[at + 1], header, parent, metadata, content))
        {
            reason = "it is not signed with this connection's key";
            return false;
        }

        try
        {
            var read = JsonSerializer.Deserialize(header, WireJson.Default.Header) ?? throw new JsonException("the header is null");
            request = new(channel, [.. frames.Take(at)], read, header, JsonElement.Parse(content));
            reason = null;
            return true;
        }
        catch (JsonException exception)
        {
            reason = exception.Message;
            return false;
        }
    }

    public IReadOnlyList<byte[]> Write(OutgoingMessage message)
    {
        var id = $"{session}_{Interlocked.Increment(ref _messages)}";
        var date = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var header = JsonSerializer.SerializeToUtf8Bytes(new Header(id, message.Type, session, "kernel", date), WireJson.Default.Header);
        var parent = message.Parent?.RawHeader ?? s_emptyObject;
        var content = JsonSerializer.SerializeToUtf8Bytes(message.Content, WireJson.Compact.GetTypeInfo(message.Content.GetType())!);
        var signature = Encoding.ASCII.GetBytes(signer.Sign(header, parent, s_emptyObject, content));
        return [.. Address(message), s_delimiter, signature, header, parent, s_emptyObject, content];
    }

    // On IOPub the first frame is a topic to subscribe to; everywhere else it is the front end that asked.
    private IEnumerable<byte[]> Address(OutgoingMessage message) => message.Channel == MessageChannel.IOPub
        ? [Encoding.UTF8.GetBytes($"kernel.{session}.{message.Type}")]
        : message.Parent!.Identities;
}
