namespace SchedulerActivations.Tests.Stock.Blocking;

/// <summary>Tests that look at processors, descriptors and the collector of the whole process: nothing may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RecordsCollection
{
    public const string Name = "context-switch records";
}
