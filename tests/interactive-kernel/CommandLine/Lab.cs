using System.Diagnostics;
using SchedulerActivations.Tests;

namespace SchedulerActivations.InteractiveKernel.Tests.CommandLine;

/// <summary>The <c>lab</c> program, run as a person runs it, in a folder of its own.</summary>
internal sealed class Lab : IDisposable
{
    public static readonly string Program = Path.Combine(AppContext.BaseDirectory, "lab");

    public string Folder { get; } = Directory.CreateTempSubdirectory("lab-").FullName;

    /// <summary>Writes a notebook of code cells.</summary>
    public string WriteNotebook(params string[] cells) => Write("notebook.ipynb", TestNotebook.Of(cells));

    public string Write(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    public string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    /// <remarks>Through env: a suite that runs in the background has SIGINT ignored, and so would everything it starts.</remarks>
    public Process Start(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT", program, .. arguments]) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public Task<Ended> RunAsync(params string[] arguments) => EndAsync(Start(Program, arguments));

    public static async Task<Ended> EndAsync(Process process)
    {
        using (process)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
            var (output, error) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            return new(process.ExitCode, await output, await error);
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal sealed record Ended(int ExitCode, string Output, string Error);
}
