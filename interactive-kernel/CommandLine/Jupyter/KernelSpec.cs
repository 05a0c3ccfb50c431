using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SchedulerActivations.CommandLine.Jupyter;

/// <summary>The folder by which Jupyter knows a kernel. https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs</summary>
internal static class KernelSpec
{
    public const string Name = "scheduler-policies";
    public const string DisplayName = "C# (scheduler policies)";

    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the folder, over an older one, and says where.</summary>
    public static string Install(string kernels)
    {
        var folder = Path.Combine(kernels, Name);
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "kernel.json"), Content().ToJsonString(s_readable) + "\n");
            return folder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"'{folder}' cannot be written: {exception.Message} Choose another place with --user or --prefix DIR.", exception);
        }
    }

    /// <summary>Deletes the folder, and says where it was.</summary>
    public static string Uninstall(string kernels)
    {
        var folder = Path.Combine(kernels, Name);
        if (!Directory.Exists(folder))
            throw new LabException($"the kernel is not registered in '{kernels}', so there is nothing to take away. See where it is with: jupyter kernelspec list");
        try
        {
            Directory.Delete(folder, recursive: true);
            return folder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"'{folder}' cannot be deleted: {exception.Message}", exception);
        }
    }

    // interrupt_mode "message": a signal would go to the kernel's whole process group, and so end the workers that
    // measure on its behalf; and a message also reaches a kernel on another machine.
    private static JsonObject Content() => new()
    {
        ["argv"] = new JsonArray([.. ThisProgram().Concat(["jupyter", "kernel", "--connection-file", "{connection_file}"]).Select(static word => (JsonNode?)word)]),
        ["display_name"] = DisplayName,
        ["language"] = "C#",
        ["interrupt_mode"] = "message",
        ["env"] = Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root ? new JsonObject { ["DOTNET_ROOT"] = root } : [],
        ["metadata"] = new JsonObject { ["debugger"] = false },
    };

    // Started as "lab" the process is this program; started as "dotnet lab.dll" (or by a test) it is not.
    private static IEnumerable<string> ThisProgram()
    {
        var process = Environment.ProcessPath!;
        var library = typeof(KernelSpec).Assembly.Location;
        if (Path.GetFileNameWithoutExtension(process) == Path.GetFileNameWithoutExtension(library))
            return [process];
        var host = Path.ChangeExtension(library, OperatingSystem.IsWindows() ? ".exe" : null);
        return File.Exists(host) ? [host] : [process, library];
    }
}
