using System.Text.RegularExpressions;

namespace SchedulerActivations.EndToEnd.Tests;

/// <summary>The notebook about checking and swapping policies, run from top to bottom.</summary>
public sealed class CheckingTests
{
    [Fact]
    public async Task It_finds_the_mistake_passes_the_policy_without_it_and_swaps_policies_in_running_workloads()
    {
        using var folder = new LabFolder();
        var ended = await folder.RunAsync(LabFolder.Program, "run", Repository.Checking, "--output", "checking.ipynb", "--html", "checking.html");
        Assert.True(ended is { ExitCode: 0, Error: "" }, ended.Output + ended.Error);
        Assert.Matches(@"OneAtATime breaks ForgetsNoThread: .*\nCell \[1\], line 15", ended.Output);
        Assert.Contains("The same trace again: True", ended.Output, StringComparison.Ordinal);
        Assert.Contains("UnblockedFirst: 1000 schedules, no rule broken.", ended.Output, StringComparison.Ordinal);
        Assert.Contains("At 500 ms UnblockedFirst takes over.", ended.Output, StringComparison.Ordinal);
        Assert.Matches(@"UnblockedFirst took over [\d.]+ s after the start\.", ended.Output);
        Assert.Contains("none of them lost; the new policy was not ejected.", ended.Output, StringComparison.Ordinal);
        Assert.True(Regex.Count(folder.Read("checking.html"), "class=\"scheduler-chart\"") >= 2, "The page lacks the charts.");
    }
}
