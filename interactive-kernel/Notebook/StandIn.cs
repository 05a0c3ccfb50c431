// Stand-in for what the worker's author writes; to be deleted when it lands on main: instance members win over these.
#pragma warning disable
using System.Reflection;
namespace SchedulerActivations.Experiments
{
    internal static class CatalogStandIn
    {
        public static void Register(this ComponentCatalog catalog, byte[] image, Assembly assembly, string? source, string cellName) { }
        public static Component Describe(this ComponentCatalog catalog, object instance) => new()
        {
            TypeName = instance.GetType().FullName!, AssemblyName = instance.GetType().Assembly.GetName().Name!,
        };
    }
    internal static class ExperimentRunner
    {
        public static Task<ExperimentResult> RunAsync(Experiment experiment, IProgress<RunProgress>? progress, CancellationToken cancellation) =>
            throw new InvalidOperationException("The runner has not landed yet.");
    }
}
