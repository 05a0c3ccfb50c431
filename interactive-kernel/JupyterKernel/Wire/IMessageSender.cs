namespace SchedulerActivations.JupyterKernel.Wire;

/// <summary>Takes messages for front ends. Never blocks; keeps the order; callable from any thread.</summary>
internal interface IMessageSender
{
    void Send(OutgoingMessage message);
}
