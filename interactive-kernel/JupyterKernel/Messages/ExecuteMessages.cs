using System.Text.Json.Nodes;

namespace SchedulerActivations.JupyterKernel.Messages;

// https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute

/// <summary>Run this cell.</summary>
internal sealed record ExecuteRequest(
    string Code,
    bool Silent = false,
    bool StoreHistory = true,
    IReadOnlyDictionary<string, string>? UserExpressions = null,
    bool AllowStdin = true,
    bool StopOnError = true);

/// <summary>It ran.</summary>
internal sealed record ExecuteReply(int ExecutionCount, JsonObject UserExpressions, IReadOnlyList<JsonObject> Payload, string Status = "ok");

/// <summary>It failed.</summary>
internal sealed record ExecuteErrorReply(int ExecutionCount, string Ename, string Evalue, IReadOnlyList<string> Traceback, string Status = "error");

/// <summary>To all front ends: this is being run.</summary>
internal sealed record ExecuteInput(string Code, int ExecutionCount);
