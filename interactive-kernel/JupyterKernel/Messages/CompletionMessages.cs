using System.Text.Json.Nodes;

namespace SchedulerActivations.JupyterKernel.Messages;

// https://jupyter-client.readthedocs.io/en/stable/messaging.html#completion and #introspection. Positions count Unicode characters.

/// <summary>How could this go on?</summary>
internal sealed record CompleteRequest(string Code, int CursorPos);

/// <summary>So.</summary>
internal sealed record CompleteReply(IReadOnlyList<string> Matches, int CursorStart, int CursorEnd, JsonObject Metadata, string Status = "ok");

/// <summary>What is this?</summary>
internal sealed record InspectRequest(string Code, int CursorPos, int DetailLevel = 0);

/// <summary>This.</summary>
internal sealed record InspectReply(bool Found, JsonObject Data, JsonObject Metadata, string Status = "ok");

/// <summary>Is this a whole cell, or is a line to come?</summary>
internal sealed record IsCompleteRequest(string Code);

/// <summary>complete, incomplete (then with the next line's indentation) or invalid.</summary>
internal sealed record IsCompleteReply(string Status, string Indent = "");
