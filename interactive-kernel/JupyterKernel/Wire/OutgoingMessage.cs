namespace SchedulerActivations.JupyterKernel.Wire;

/// <summary>A message to front ends.</summary>
/// <param name="Channel">Where it goes.</param>
/// <param name="Type">Its kind.</param>
/// <param name="Parent">The request that caused it; null for what the kernel says unasked.</param>
/// <param name="Content">One of the records in Messages.</param>
internal sealed record OutgoingMessage(MessageChannel Channel, string Type, Request? Parent, object Content);
