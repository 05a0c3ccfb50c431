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
        Assert.Equal("policy", (await Assert.ThrowsAsync<ArgumentNullException>(() => Lab.CompareAsync([null!], new ComputeAndIo()))).ParamName);
        Assert.Equal("machine", (await Assert.ThrowsAsync<ArgumentNullException>(() => Lab.CompareAsync([new RoundRobin()], new ComputeAndIo(), [null!]))).ParamName);
        Assert.Equal(0, _host.Displays);
    }

    [Fact]
    public async Task A_peer_refuses_other_workloads_than_its_own_before_anything_runs_and_names_what_runs_them()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => Lab.CompareAsync([new RoundRobin()], new ComputeAndIo(), [Machines.Simulated, Machines.KernelThreads, Machines.ThreadPool], [1, 2]));
        Assert.StartsWith("The machine 'kernel threads' has no user threads and runs the workload NetworkServer only, not ComputeAndIo. The machine 'thread pool' has", error.Message, StringComparison.Ordinal);
        Assert.Contains("Machines.SimulatedKernelThreads runs any workload", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => Lab.RunAsync(new RoundRobin(), new ComputeAndIo(), Machines.KernelThreads));
        await Assert.ThrowsAsync<ArgumentException>(() => Lab.SweepLoadAsync([new RoundRobin()], new OwnServer(), [100, 200], [Machines.KernelThreads]));
        Assert.Throws<ArgumentException>(() => { Lab.Start(new RoundRobin(), new ComputeAndIo(), Machines.ThreadPool); });
        Assert.Equal(0, _host.Displays);
    }

    [Fact]
    public async Task A_bad_number_of_threads_is_blamed_on_its_property()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => Lab.RunAsync(new RoundRobin(), new ComputeAndIo { ComputingThreads = -3 }));
        Assert.Contains("ComputingThreads", error.Message, StringComparison.Ordinal);
    }

    private sealed class OwnServer : Workload
    {
        public double RequestsPerSecond { get; set; }

        protected override void Define(WorkloadDefinition w) { }
    }
}
