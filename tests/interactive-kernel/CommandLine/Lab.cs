using System.Diagnostics;

namespace SchedulerActivations.InteractiveKernel.Tests.CommandLine;

/// <summary>The <c>lab</c> program, run as a person runs it, in a folder of its own.</summary>
internal sealed class Lab : IDisposable
{
    public static readonly string Program = Path.Combine(AppContext.BaseDirectory, "lab");

    public string Folder { get; } = Directory.CreateTempSubdirectory("lab-").FullName;

    /// <summary>Writes a notebook of code cells.</summary>
    public string WriteNotebook(params string[] cells) => Write("notebook.ipynb", System.Text.Json.JsonSerializer.Serialize(new
    {
        nbformat = 4,
        nbformat_minor = 5,
        metadata = new { kernelspec = new { name = "scheduler-policies", display_name = "C#" } },
        cells = cells.Select((source, i) => new { cell_type = "code", id = $"c{i}", metadata = new { }, execution_count = (int?)null, outputs = Array.Empty<object>(), source }),
    }));

    public string Write(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    public string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    public Process Start(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public Task<Ended> RunAsync(params string[] arguments) => EndAsync(Start(Program, arguments));

    public static async Task<Ended> EndAsync(Process process)
    {
        using (process)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(80));
            var (output, error) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            return new(process.ExitCode, await output, await error);
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal sealed record Ended(int ExitCode, string Output, string Error);
}
