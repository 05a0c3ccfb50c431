using System.Runtime.InteropServices;

namespace SchedulerActivations.Experiments.Workers;

/// <summary>Where the worker program is and how it is started.</summary>
/// <param name="FileName">The program to execute.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Folder">The folder that holds the worker's assemblies.</param>
internal sealed record WorkerLocation(string FileName, IReadOnlyList<string> Arguments, string Folder)
{
    private const string Name = "SchedulerActivations.Worker";

    /// <summary>The version that the worker must have.</summary>
    public string Version { get; init; } = RunEnvironment.LibraryVersion;

    /// <summary>Finds the worker beside this library, or in a folder <c>worker</c> there.</summary>
    /// <exception cref="WorkerException">It is not there.</exception>
    public static WorkerLocation Find()
    {
        var library = Path.GetDirectoryName(typeof(WorkerLocation).Assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory;
        return FindIn([Path.Combine(library, "worker"), library]);
    }

    public static WorkerLocation FindIn(IReadOnlyList<string> folders)
    {
        foreach (var folder in folders)
        {
            var assembly = Path.Combine(folder, Name + ".dll");
            // Without the assembly beside it the program is self-contained; with it, it would look for a runtime by
            // itself, and not find the one that this process was started with.
            var program = Path.Combine(folder, Name);
            if (File.Exists(assembly)) return new WorkerLocation(DotNet(), ["exec", assembly], folder);
            if (File.Exists(program)) return new WorkerLocation(program, [], folder);
        }
        throw new WorkerException($"The worker program {Name}.dll was not found in {string.Join(" or ", folders)}. Build the solution, or install the package again.");
    }

    // The program that runs this process, if that is dotnet; else the one that belongs to the runtime in use.
    private static string DotNet()
    {
        if (Path.GetFileName(System.Environment.ProcessPath) == "dotnet") return System.Environment.ProcessPath!;
        var beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(beside) ? beside : "dotnet";
    }
}
