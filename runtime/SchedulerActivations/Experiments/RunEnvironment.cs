using System.Reflection;
using System.Runtime.InteropServices;

namespace SchedulerActivations.Experiments;

/// <summary>Where a run was made: what a reader needs to judge its figures.</summary>
/// <param name="Kernel">Operating system and kernel release.</param>
/// <param name="Processor">Model name of the processor.</param>
/// <param name="Processors">Processors that the run could use.</param>
/// <param name="Runtime">.NET runtime version.</param>
/// <param name="Version">Version of this library.</param>
/// <param name="Started">When the run started.</param>
public sealed partial record RunEnvironment(
    string Kernel, string Processor, int Processors, string Runtime, string Version, DateTimeOffset Started)
{
    /// <summary>Describes this computer and this process.</summary>
    /// <param name="started">When the run started; now if not given.</param>
    public static RunEnvironment Capture(DateTimeOffset? started = null) => new(
        KernelRelease(), ProcessorModel(), System.Environment.ProcessorCount, RuntimeInformation.FrameworkDescription, LibraryVersion,
        started ?? DateTimeOffset.UtcNow);

    /// <summary>Version of this library, with the commit it was built from where that is known.</summary>
    internal static string LibraryVersion { get; } =
        typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? typeof(RunEnvironment).Assembly.GetName().Version?.ToString() ?? "unknown";

    private static string KernelRelease() =>
        ReadLines("/proc/version").FirstOrDefault() is { } version && version.IndexOf(" (", StringComparison.Ordinal) is > 0 and var end
            ? version[..end].Replace(" version ", " ", StringComparison.Ordinal)
            : RuntimeInformation.OSDescription;

    // x86 says "model name"; other architectures name the processor by numbers only, so the architecture has to do.
    private static string ProcessorModel() =>
        ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
