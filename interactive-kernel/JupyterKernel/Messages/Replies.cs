namespace SchedulerActivations.JupyterKernel.Messages;

// What every reply has in common: https://jupyter-client.readthedocs.io/en/stable/messaging.html#request-reply

/// <summary>A message that says nothing but its kind.</summary>
internal sealed record EmptyContent;

/// <summary>It was done.</summary>
internal sealed record OkReply(string Status = "ok");

/// <summary>It was not done, because an earlier request failed.</summary>
internal sealed record AbortedReply(string Status = "aborted");

/// <summary>It could not be done.</summary>
internal sealed record ErrorReply(string Ename, string Evalue, IReadOnlyList<string> Traceback, string Status = "error");
