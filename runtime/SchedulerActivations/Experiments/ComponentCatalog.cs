namespace SchedulerActivations.Experiments;

/// <summary>Makes components of objects and objects of components.</summary>
public sealed class ComponentCatalog
{
}
