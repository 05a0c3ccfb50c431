using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

// A cell stands in no namespace; here the namespace of the machines would be found first.
using Machines = SchedulerActivations.Notebook.Machines;

/// <summary>What a cell types: runs on the simulated machine, with a notebook around them that records what is shown.</summary>
[Collection("notebook host")]
public sealed class RunsFromACell : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);
    private readonly RecordingHost _host = new();

    public RunsFromACell() => NotebookHost.Current = _host;

    public void Dispose() => NotebookHost.Current = null;

    [Fact]
    public async Task One_line_runs_a_policy()
    {
        var result = await Lab.RunAsync(new RoundRobin(), new ComputeAndIo(), duration: Short);
        Assert.Equal("RoundRobin", result.Experiment.Policy.Name);
        Assert.True(result.Reactivity.Count > 0);
    }

    [Fact]
    public async Task A_comparison_runs_all_combinations_and_shows_how_far_it_is_in_one_place()
    {
        var comparison = await Lab.CompareAsync([new RoundRobin(), new Policies.IoFirst()], new ComputeAndIo(), [Machines.Simulated], [1, 2], Short);
        Assert.Equal(4, comparison.Results.Count);
        Assert.Equal(1, _host.Displays);
        Assert.StartsWith("4 of 4 runs: done", _host.Last!.Data[MimeBundle.Plain], StringComparison.Ordinal);
        Assert.Contains("width:100%", _host.Last.Data[MimeBundle.Html], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_that_does_not_ask_the_policy_runs_once()
    {
        var comparison = await Lab.CompareAsync([new RoundRobin(), new Policies.IoFirst()], new ComputeAndIo(), [Machines.Simulated, Machines.SimulatedKernelThreads], duration: Short);
        Assert.Equal(["RoundRobin", "IoFirst", "(kernel)"], comparison.ToString().Split('\n').Skip(2).Take(3).Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SkipWhile(word => word.StartsWith("simulated", StringComparison.Ordinal) || word == "1").First()));
    }

    [Fact]
    public async Task The_notebooks_interrupt_ends_a_run()
    {
        var run = Lab.RunAsync(new RoundRobin(), new ComputeAndIo(), duration: TimeSpan.FromHours(10));
        await _host.Interrupt.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Contains("stopped", _host.Last!.Data[MimeBundle.Plain], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_to_run_is_told_before_anything_runs()
    {
        Assert.Contains("at least one policy", (await Assert.ThrowsAsync<ArgumentException>(() => Lab.CompareAsync([], new ComputeAndIo()))).Message, StringComparison.Ordinal);
        Assert.Contains("virtual processors", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Lab.RunAsync(new RoundRobin(), new ComputeAndIo(), virtualProcessors: 0))).Message, StringComparison.Ordinal);
        Assert.Equal(0, _host.Displays);
    }
}
