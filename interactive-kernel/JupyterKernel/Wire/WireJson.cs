using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SchedulerActivations.JupyterKernel.Messages;

namespace SchedulerActivations.JupyterKernel.Wire;

/// <summary>Everything that goes over the wire, known at compile time: a kernel starts faster that way.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ConnectionFile))]
[JsonSerializable(typeof(Header))]
[JsonSerializable(typeof(EmptyContent))]
[JsonSerializable(typeof(ErrorReply))]
[JsonSerializable(typeof(OkReply))]
[JsonSerializable(typeof(AbortedReply))]
[JsonSerializable(typeof(ClearOutput))]
[JsonSerializable(typeof(CommClose))]
[JsonSerializable(typeof(CommInfoReply))]
[JsonSerializable(typeof(CommOpen))]
[JsonSerializable(typeof(CompleteReply))]
[JsonSerializable(typeof(CompleteRequest))]
[JsonSerializable(typeof(DisplayData))]
[JsonSerializable(typeof(ErrorOutput))]
[JsonSerializable(typeof(ExecuteErrorReply))]
[JsonSerializable(typeof(ExecuteInput))]
[JsonSerializable(typeof(ExecuteReply))]
[JsonSerializable(typeof(ExecuteRequest))]
[JsonSerializable(typeof(ExecuteResult))]
[JsonSerializable(typeof(HistoryReply))]
[JsonSerializable(typeof(HistoryRequest))]
[JsonSerializable(typeof(InputReply))]
[JsonSerializable(typeof(InputRequest))]
[JsonSerializable(typeof(InspectReply))]
[JsonSerializable(typeof(InspectRequest))]
[JsonSerializable(typeof(IsCompleteReply))]
[JsonSerializable(typeof(IsCompleteRequest))]
[JsonSerializable(typeof(KernelInfoReply))]
[JsonSerializable(typeof(ShutdownReply))]
[JsonSerializable(typeof(ShutdownRequest))]
[JsonSerializable(typeof(Status))]
[JsonSerializable(typeof(StreamOutput))]
internal sealed partial class WireJson : JsonSerializerContext
{
    // Made when first asked for: until then the generated half of this class may not be set up.
    private static readonly Lazy<WireJson> s_compact = new(static () =>
        new(new JsonSerializerOptions(Default!.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

    /// <summary>For writing: the default would write each of HTML's angle brackets in six characters.</summary>
    public static WireJson Compact => s_compact.Value;
}
