using System.Text.Json.Nodes;

namespace SchedulerActivations.EndToEnd.Tests;

/// <summary>Notebooks run from top to bottom, in a short form: the cell with the tag "parameters" is replaced.</summary>
public sealed class NotebookTests : IDisposable
{
    private readonly LabFolder _folder = new();

    [Theory]
    [InlineData("network-server.ipynb", "var loads = new double[] { 500, 2000 }; var duration = TimeSpan.FromMilliseconds(300); var withPatched = false;",
        "simulated kernel  RoundRobin", "kernel threads", "thread pool", "Highest load", "none is unaccounted for")]
    [InlineData("paper/table-1.ipynb", "var samples = 40;", "regular path", "13.1 µs", "signal handler", "An interrupt takes", "Missing here")]
    [InlineData("paper/table-2.ipynb", "var rounds = 2000;", "getpid()", "0.92 µs", "A hand-over between kernel threads takes", "Missing here")]
    [InlineData("paper/table-3.ipynb", "var yields = 20_000; var repetitions = 3; var manyRepetitions = 2; var kernelYields = 20_000; var many = 5_000;", "user threads, hand-off", "7215 ms", "HandOff", "user threads came and went", "ms under hand-off", "Missing here")]
    public Task A_notebook_runs_from_top_to_bottom_and_computes_its_statements(string name, string? parameters, params string[] said) =>
        _folder.RunNotebookAsync(name, parameters, said);

    [Fact]
    public void Every_notebook_is_named_by_a_test_and_committed_without_outputs()
    {
        var folder = Path.Combine(Repository.Root, "notebooks");
        var there = Directory.EnumerateFiles(folder, "*.ipynb", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".executed.ipynb", StringComparison.Ordinal)).Select(file => Path.GetRelativePath(folder, file)).ToList();
        var tests = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "end-to-end"), "*.cs").Select(File.ReadAllText));
        Assert.All(there, name => Assert.Contains($"\"{name}\"", tests, StringComparison.Ordinal));
        Assert.All(there, name => Assert.All(JsonNode.Parse(File.ReadAllText(Path.Combine(folder, name)))!["cells"]!.AsArray(),
            cell => Assert.Empty(cell!["outputs"]?.AsArray() ?? [])));
    }

    public void Dispose() => _folder.Dispose();
}
