using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SchedulerActivations.EndToEnd.Tests;

/// <summary>A newcomer's first ten minutes: the quickstart by <c>lab</c>, by Jupyter, and its page in a browser.</summary>
public sealed partial class QuickstartTests(QuickstartTests.Executed quickstart) : IClassFixture<QuickstartTests.Executed>
{
    /// <summary>The quickstart, executed once by lab.</summary>
    public sealed class Executed : IAsyncLifetime
    {
        internal LabFolder Folder { get; } = new();

        internal Ended Ended { get; private set; } = null!;

        public async Task InitializeAsync() => Ended = await Folder.RunAsync(
            LabFolder.Program, "run", Repository.Quickstart, "--output", "quickstart.ipynb", "--html", "quickstart.html");

        public Task DisposeAsync()
        {
            Folder.Dispose();
            return Task.CompletedTask;
        }
    }

    [Fact]
    public void It_prints_a_table_of_policies_and_machines_and_computes_its_conclusions()
    {
        Assert.Equal((0, ""), (quickstart.Ended.ExitCode, quickstart.Ended.Error));
        Assert.Matches(@"machine +VPs +policy +p50 +p99 +max +events +throughput", quickstart.Ended.Output);
        foreach (var row in new[] { "simulated +1 +RoundRobin", "simulated +2 +RoundRobin", "stock +1 +RoundRobin", "stock +2 +RoundRobin" })
            Assert.Matches(row, quickstart.Ended.Output);
        // Where the patched machine cannot run, the notebook says what to do.
        var patched = quickstart.Ended.Output.Contains("Without the patched machine: ", StringComparison.Ordinal) ? 0 : 1;
        Assert.Equal(4 + patched, Regex.Count(quickstart.Ended.Output, @"^ +EventsFirst ", RegexOptions.Multiline));
        Assert.Equal(3 + patched, Regex.Count(quickstart.Ended.Output, @"^(On|The) .*\d.*\.$", RegexOptions.Multiline));
    }

    [Fact]
    public void On_the_simulated_kernel_the_policy_of_the_notebook_is_a_thousand_times_as_reactive_as_round_robin()
    {
        var match = Regex.Match(quickstart.Ended.Output, @"On the simulated kernel .* is ([\d.]+) times shorter");
        Assert.True(match.Success && double.Parse(match.Groups[1].Value) > 1000, quickstart.Ended.Output);
    }

    [SkippableFact]
    public async Task Its_page_shows_the_charts_in_a_browser_without_a_network()
    {
        Skip.IfNot(File.Exists("/usr/bin/chromium"), "Debian's package chromium is not installed.");
        var page = Path.Combine(quickstart.Folder.Path, "quickstart.html");
        var dom = await quickstart.Folder.RunAsync("/usr/bin/chromium", [.. Repository.Browser, "--dump-dom", "--virtual-time-budget=20000", $"file://{page}"]);
        Assert.True(Regex.Count(dom.Output, "class=\"main-svg\"") >= 3, "The page has no charts drawn by plotly.js.");
        Assert.DoesNotContain("https://", File.ReadAllText(page)[..10_000], StringComparison.Ordinal);

        var picture = Path.Combine(quickstart.Folder.Path, "page.png");
        _ = await quickstart.Folder.RunAsync("/usr/bin/chromium",
            [.. Repository.Browser, $"--screenshot={picture}", "--window-size=1100,4000", "--virtual-time-budget=20000", $"file://{page}"]);
        Assert.True(new FileInfo(picture).Length > 50_000, "The screenshot is all but empty.");
    }

    [SkippableFact]
    public async Task Jupyter_gives_the_same_outputs_apart_from_what_was_measured()
    {
        var found = await quickstart.Folder.RunAsync("/usr/bin/python3", "-c", "import nbclient, nbformat");
        Skip.IfNot(found.ExitCode == 0, "Debian's packages python3-nbclient and python3-nbformat are not installed.");
        using var folder = new LabFolder();
        var installed = await folder.RunAsync(LabFolder.Program, "jupyter", "install", "--prefix", Path.Combine(folder.Path, "prefix"));
        Assert.True(installed.ExitCode == 0, installed.Error);
        var executed = await folder.RunAsync("/usr/bin/env", $"JUPYTER_PATH={folder.Path}/prefix/share/jupyter", "/usr/bin/python3", "-c",
            "import sys, nbformat; from nbclient import NotebookClient; n = nbformat.read(sys.argv[1], 4); NotebookClient(n, timeout=300).execute(); nbformat.write(n, sys.argv[2])",
            Repository.Quickstart, "jupyter.ipynb");
        Assert.True(executed.ExitCode == 0, executed.Error);
        Assert.Equal(Shape(quickstart.Folder.Read("quickstart.ipynb")), Shape(folder.Read("jupyter.ipynb")));
    }

    // The outputs with every measured number, and what depends on one, taken out. How the charts get their library differs
    // between a live page and a file, and so does the progress display's number of updates: both are no results.
    private static IEnumerable<string> Shape(string notebook)
    {
        var outputs = JsonNode.Parse(notebook)!["cells"]!.AsArray().SelectMany(cell => cell!["outputs"]?.AsArray() ?? []).ToList();
        var results = outputs.Where(output => (string?)output!["output_type"] == "execute_result").Select(output => output!["data"]!.AsObject())
            .Select(data => $"{string.Join(" ", data.Select(part => part.Key).Order())} {Text(data["text/plain"])}");
        // A front end joins what is printed as it comes.
        var printed = string.Concat(outputs.Where(output => (string?)output!["output_type"] == "stream").Select(output => Text(output!["text"])));
        return [.. results, printed];
    }

    private static string Text(JsonNode? lines) =>
        Numbers().Replace(lines is JsonArray array ? string.Concat(array.Select(line => (string?)line)) : (string?)lines ?? "", "#");

    [GeneratedRegex(@"(times shorter|times as long)|\d+ of \d+|[\d.]+( ?(µs|ms|s|%))?|[ -]+")]
    private static partial Regex Numbers();
}
