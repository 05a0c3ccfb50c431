using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SchedulerActivations.JupyterKernel.Wire;

/// <summary>A message from a front end.</summary>
/// <param name="Channel">Where it came in; its reply goes out there.</param>
/// <param name="Identities">The front end's ZeroMQ routing prefix, sent back with the reply.</param>
/// <param name="Header">Its header.</param>
/// <param name="RawHeader">The header as it came: replies carry it as their parent header, byte for byte.</param>
/// <param name="Content">Its content.</param>
internal sealed record Request(MessageChannel Channel, IReadOnlyList<byte[]> Identities, Header Header, byte[] RawHeader, JsonElement Content)
{
    public string Type => Header.MsgType;

    /// <summary>Reads the content as the message's kind demands.</summary>
    /// <exception cref="JsonException">It does not say what it must.</exception>
    public T Read<T>(JsonTypeInfo<T> type) =>
        Content.Deserialize(type) ?? throw new JsonException($"The content of {Type} is null.");
}
