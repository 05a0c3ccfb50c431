using System.Diagnostics;
using SchedulerActivations.Tests;

namespace SchedulerActivations.InteractiveKernel.Tests.CommandLine;

/// <summary>The <c>lab</c> program, run as a person runs it, in a folder of its own.</summary>
internal sealed class Lab : IDisposable
{
    public static readonly string Program = Path.Combine(AppContext.BaseDirectory, "lab");

    public string Folder { get; } = Directory.CreateTempSubdirectory("lab-").FullName;

    /// <summary><c>kernel-patch/build</c>.</summary>
    public static string KernelBuild { get; } = Path.Combine(Root(AppContext.BaseDirectory), "kernel-patch", "build");

    /// <summary>The environment in which the folder's programs go first.</summary>
    public (string, string) FirstInPath => ("PATH", $"{Folder}:{Environment.GetEnvironmentVariable("PATH")}");

    /// <summary>Writes a notebook of code cells.</summary>
    public string WriteNotebook(params string[] cells) => Write("notebook.ipynb", TestNotebook.Of(cells));

    public string Write(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Writes a shell script that stands for the program of its name where <see cref="FirstInPath"/> is given.</summary>
    public async Task WriteProgramAsync(string name, params string[] lines)
    {
        var path = Write(name, string.Join('\n', ["#!/bin/sh", .. lines, ""]));
        Assert.Equal(0, (await EndAsync(Start("chmod", ["+x", path]))).ExitCode);
    }

    /// <summary>The patched kernel's image; skips the test where there is none, or no QEMU.</summary>
    public async Task<string> KernelAsync()
    {
        Skip.IfNot(File.Exists("/usr/bin/qemu-system-x86_64"), "QEMU is missing: apt-get install qemu-system-x86");
        var kernel = await EndAsync(Start(KernelBuild, ["path", "vm"]));
        Skip.IfNot(kernel.ExitCode == 0, "The patched kernel is not built: make kernel");
        return kernel.Output.Trim();
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

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "Notebooks.sln")) ? folder : Root(Path.GetDirectoryName(folder)!);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal sealed record Ended(int ExitCode, string Output, string Error);
}
