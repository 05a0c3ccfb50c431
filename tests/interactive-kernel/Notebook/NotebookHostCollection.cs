namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

/// <summary>Tests that stand in for the notebook around the library: there is one in a process, and sessions of other tests set it too.</summary>
[CollectionDefinition("notebook host", DisableParallelization = true)]
public sealed class NotebookHostCollection;
