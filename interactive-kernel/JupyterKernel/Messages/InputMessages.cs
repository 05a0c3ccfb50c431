namespace SchedulerActivations.JupyterKernel.Messages;

// https://jupyter-client.readthedocs.io/en/stable/messaging.html#messages-on-the-stdin-router-dealer-channel

/// <summary>Ask the person for a line.</summary>
internal sealed record InputRequest(string Prompt, bool Password = false);

/// <summary>The line.</summary>
internal sealed record InputReply(string Value);
