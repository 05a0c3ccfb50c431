namespace SchedulerActivations.JupyterKernel.Wire;

/// <summary>Says which message this is, of which session, and of which kind.</summary>
internal sealed record Header(string MsgId, string MsgType, string Session = "", string Username = "", string Date = "", string Version = Header.ProtocolVersion)
{
    /// <summary>The version of the messaging protocol that this kernel speaks.</summary>
    public const string ProtocolVersion = "5.3";
}
