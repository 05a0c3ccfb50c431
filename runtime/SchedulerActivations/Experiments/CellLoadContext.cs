using System.Reflection;
using System.Runtime.Loader;

namespace SchedulerActivations.Experiments;

/// <summary>Where a cell's assembly is loaded: it goes when nobody uses it any more, and shares everything else with the process.</summary>
internal sealed class CellLoadContext(string name, ComponentCatalog catalog) : AssemblyLoadContext(name, isCollectible: true)
{
    // A second copy of this library's types would make every policy "not a SchedulingPolicy": what is loaded is used,
    // whichever context a host has put it into.
    protected override Assembly? Load(AssemblyName assemblyName) => catalog.FindAssembly(assemblyName.Name ?? "");
}
