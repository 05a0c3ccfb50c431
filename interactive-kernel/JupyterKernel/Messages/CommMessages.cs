using System.Text.Json.Nodes;

namespace SchedulerActivations.JupyterKernel.Messages;

// https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages. This kernel has no comm targets.

/// <summary>Which comms are open?</summary>
internal sealed record CommInfoReply(JsonObject Comms, string Status = "ok");

/// <summary>Open one.</summary>
internal sealed record CommOpen(string CommId, string TargetName = "");

/// <summary>It is closed.</summary>
internal sealed record CommClose(string CommId, JsonObject Data);
