namespace SchedulerActivations.JupyterKernel.Messages;

// https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-shutdown

/// <summary>End; <paramref name="Restart"/> says that another kernel will follow.</summary>
internal sealed record ShutdownRequest(bool Restart = false);

/// <summary>Ending.</summary>
internal sealed record ShutdownReply(bool Restart, string Status = "ok");
