using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.InteractiveKernel.Tests.Protocol;

/// <summary>Keeps the messages that a kernel sends.</summary>
internal sealed class FakeSender : IMessageSender
{
    private readonly List<OutgoingMessage> _sent = [];

    public event Action<OutgoingMessage>? Sending;

    public IReadOnlyList<OutgoingMessage> Sent
    {
        get
        {
            lock (_sent)
                return [.. _sent];
        }
    }

    public void Send(OutgoingMessage message)
    {
        lock (_sent)
            _sent.Add(message);
        Sending?.Invoke(message);
    }
}
