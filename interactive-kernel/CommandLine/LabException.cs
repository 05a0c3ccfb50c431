namespace SchedulerActivations.CommandLine;

/// <summary>Something a person can put right: the message says what, where, and what to do.</summary>
internal sealed class LabException(string message, Exception? inner = null) : Exception(message, inner);
