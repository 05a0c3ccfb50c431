using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>What people type in a cell.</summary>
public static partial class Lab
{
    /// <summary>What this notebook knows of the assemblies of its cells.</summary>
    public static ComponentCatalog Catalog { get; } = new();
}
