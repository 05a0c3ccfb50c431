namespace SchedulerActivations.JupyterKernel.Wire;

/// <summary>The sockets of a kernel that carry messages (the heartbeat carries none).</summary>
internal enum MessageChannel
{
    Shell,
    Control,
    IOPub,
    Stdin,
}
