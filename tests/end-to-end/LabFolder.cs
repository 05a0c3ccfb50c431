using System.Diagnostics;
using System.Text.Json.Nodes;

namespace SchedulerActivations.EndToEnd.Tests;

/// <summary>Where things are.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string Quickstart => Path.Combine(Root, "notebooks", "quickstart.ipynb");

    public static string Checking => Path.Combine(Root, "notebooks", "checking.ipynb");

    /// <summary>A browser without a network, in a profile of its own.</summary>
    public static IEnumerable<string> Browser =>
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND", $"--user-data-dir={Directory.CreateTempSubdirectory("browser-").FullName}",
    ];

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Notebooks.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);
}

/// <summary>A folder in which a person runs programs.</summary>
internal sealed class LabFolder : IDisposable
{
    public static readonly string Program = System.IO.Path.Combine(AppContext.BaseDirectory, "lab");

    public string Path { get; } = Directory.CreateTempSubdirectory("end-to-end-").FullName;

    public string Read(string name) => File.ReadAllText(System.IO.Path.Combine(Path, name));

    public void Write(string name, string text) => File.WriteAllText(System.IO.Path.Combine(Path, name), text);

    public async Task<Ended> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Path, RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
        await process.WaitForExitAsync(patience.Token);
        return new Ended(process.ExitCode, await output, await error);
    }

    /// <summary>One of our notebooks runs to its end, with other parameters or its own, and says what it should.</summary>
    public async Task RunNotebookAsync(string name, string? parameters, IEnumerable<string> said)
    {
        // Beside no out/bench: what benchmarks have written elsewhere does not change what is tested.
        Write("notebook.ipynb", WithParameters(File.ReadAllText(System.IO.Path.Combine(Repository.Root, "notebooks", name)), parameters));
        var ended = await RunAsync(Program, "run", "notebook.ipynb", "--output", "executed.ipynb", "--html", "page.html");
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Error);
        Assert.All(said, text => Assert.Contains(text, ended.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("came to no result", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("that a cell started failed", ended.Output + ended.Error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static string WithParameters(string notebook, string? parameters)
    {
        if (parameters is null) return notebook;
        var read = JsonNode.Parse(notebook)!;
        var cell = read["cells"]!.AsArray().Single(cell => cell!["metadata"]?["tags"]?.AsArray().Any(tag => (string?)tag == "parameters") == true)!;
        cell["source"] = parameters;
        return read.ToJsonString();
    }
}

/// <summary>How a program ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Error);
