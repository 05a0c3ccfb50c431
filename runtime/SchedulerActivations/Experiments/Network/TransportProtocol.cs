namespace SchedulerActivations.Experiments.Network;

/// <summary>What requests and replies travel by.</summary>
public enum TransportProtocol
{
    /// <summary>Datagrams: what does not fit a receiver's buffer is dropped by the kernel, and counted.</summary>
    Udp,
    /// <summary>A stream for each connection.</summary>
    Tcp,
}
