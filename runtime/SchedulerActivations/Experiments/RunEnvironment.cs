namespace SchedulerActivations.Experiments;

/// <summary>Where a run was made: what a reader needs to judge its figures.</summary>
/// <param name="Kernel">Operating system and kernel release.</param>
/// <param name="Processor">Model name of the processor.</param>
/// <param name="Processors">Processors that the run could use.</param>
/// <param name="Runtime">.NET runtime version.</param>
/// <param name="Version">Version of this library.</param>
/// <param name="Started">When the run started.</param>
public sealed partial record RunEnvironment(
    string Kernel, string Processor, int Processors, string Runtime, string Version, DateTimeOffset Started);
