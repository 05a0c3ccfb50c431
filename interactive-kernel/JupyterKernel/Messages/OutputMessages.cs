using System.Text.Json.Nodes;

namespace SchedulerActivations.JupyterKernel.Messages;

// What a running cell shows: https://jupyter-client.readthedocs.io/en/stable/messaging.html#messages-on-the-iopub-pub-sub-channel

/// <summary>Text on standard output or standard error.</summary>
internal sealed record StreamOutput(string Name, string Text);

/// <summary>Something shown, in several forms; <c>transient</c> carries the identifier under which it can be replaced.</summary>
internal sealed record DisplayData(JsonObject Data, JsonObject Metadata, JsonObject Transient);

/// <summary>The value of the cell's last expression.</summary>
internal sealed record ExecuteResult(int ExecutionCount, JsonObject Data, JsonObject Metadata);

/// <summary>The cell failed.</summary>
internal sealed record ErrorOutput(string Ename, string Evalue, IReadOnlyList<string> Traceback);

/// <summary>Take back what was shown.</summary>
internal sealed record ClearOutput(bool Wait);

/// <summary>Busy or idle.</summary>
internal sealed record Status(string ExecutionState);
