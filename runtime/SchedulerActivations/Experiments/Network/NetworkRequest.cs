namespace SchedulerActivations.Experiments.Network;

/// <summary>A request that arrived at a connection.</summary>
/// <param name="Number">Its number at the connection, from 0.</param>
/// <param name="Due">When its client was to send it, from the start of the run.</param>
public readonly record struct NetworkRequest(int Number, TimeSpan Due);
