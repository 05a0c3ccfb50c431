using System.Text.Json.Nodes;

namespace SchedulerActivations.JupyterKernel.Messages;

// https://jupyter-client.readthedocs.io/en/stable/messaging.html#history

/// <summary>What was run before?</summary>
internal sealed record HistoryRequest(
    string HistAccessType = "tail",
    bool Output = false,
    bool Raw = true,
    int? Session = 0,
    int? Start = null,
    int? Stop = null,
    int? N = null,
    string? Pattern = null,
    bool Unique = false);

/// <summary>Triples of session, number and input (with output: input and output).</summary>
internal sealed record HistoryReply(JsonArray History, string Status = "ok");
