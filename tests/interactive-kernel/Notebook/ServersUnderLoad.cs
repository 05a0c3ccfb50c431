using System.Globalization;
using System.Text.RegularExpressions;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Network;
using SchedulerActivations.Machines;
using SchedulerActivations.Notebook;
using SchedulerActivations.Policies;
using Kernels = SchedulerActivations.Notebook.Machines;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

/// <summary>A server under one load after the other, from the call in a cell to the table and the chart.</summary>
[Collection("notebook host")]
public sealed class ServersUnderLoad
{
    private static readonly double[] Loads = [4000, 500];

    private static readonly NetworkServer Server = new() { Connections = 4, ComputingThreads = 2 };

    private static Task<LoadSweep> SweepAsync(params Machine[] machines) =>
        Lab.SweepLoadAsync([new RoundRobin(), new IoFirst()], Server, Loads, machines, duration: TimeSpan.FromMilliseconds(500));

    [Fact]
    public async Task Each_policy_and_each_peer_is_a_line_with_a_point_at_each_load()
    {
        var sweep = await SweepAsync(Kernels.Simulated, Kernels.SimulatedKernelThreads);
        Assert.Equal(["RoundRobin", "IoFirst", "kernel threads"], sweep.Lines.Select(line => line.Server));
        Assert.All(sweep.Lines, line => Assert.Equal([500.0, 4000.0], line.Results.Select(Lab.LoadOf)));
        Assert.Equal(sweep.Lines[1].Results, sweep[Kernels.Simulated, "IoFirst"]);
        Assert.Equal(2, sweep[Kernels.SimulatedKernelThreads].Count);
        // Its work does not depend on whether the load that was run first was high.
        Assert.True(sweep[Kernels.Simulated, "IoFirst"][0].Network!.Latency.P99 < sweep[Kernels.Simulated, "RoundRobin"][0].Network!.Latency.P99 / 10);
    }

    [Fact]
    public async Task Policies_on_the_stock_machine_stand_beside_the_peers_of_the_same_kernel()
    {
        var sweep = await Lab.SweepLoadAsync([new RoundRobin()], Server, [500], [Kernels.Simulated, Kernels.Stock, Kernels.KernelThreads], duration: TimeSpan.FromMilliseconds(300));
        Assert.Empty(sweep.Failures);
        Assert.Equal(["simulated kernel", RunEnvironment.Capture().Kernel], sweep.Lines.Select(line => line.Kernel).Distinct());
        Assert.Equal(["RoundRobin", "RoundRobin", "kernel threads"], sweep.Lines.Select(line => line.Server));
    }

    [Fact]
    public async Task The_chart_has_the_median_the_99th_percentile_and_the_computing_threads_and_says_them_in_words()
    {
        var sweep = await SweepAsync(Kernels.Simulated);
        var figure = sweep.LatencyChart().Figure;
        Assert.Equal(3, figure.Panels.Count);
        Assert.All(figure.Panels, panel => Assert.Equal(2, panel.Series.OfType<Curve>().Count()));
        var share = figure.Panels[2].Series.OfType<Curve>().First().Points;
        Assert.True(share[0].Y > share[1].Y && share[1].Y > 0.1, "The more requests, the less is left for the computing threads.");
        Assert.Contains("IoFirst (simulated kernel): p99", sweep.LatencyChart().Text, StringComparison.Ordinal);
        Assert.Equal(["text/html", "image/png", "text/plain"], sweep.ToMimeBundle().Data.Keys);
    }

    [Fact]
    public async Task A_load_under_which_no_request_was_due_has_no_latency()
    {
        var sweep = await Lab.SweepLoadAsync([new RoundRobin(), new IoFirst()], Server, [0.01, 1000], duration: TimeSpan.FromMilliseconds(100));
        Assert.Equal(0, sweep[Kernels.Simulated, "IoFirst"][0].Network!.Offered);
        Assert.Matches(@"IoFirst +- ", sweep.ToString());
        Assert.All(sweep.LatencyChart().Figure.Panels.Take(2), panel => Assert.All(panel.Series.OfType<Curve>(), line => Assert.Equal([1000.0], line.Points.Select(point => point.X))));
        Assert.Contains("p99 - at 0.01/s", sweep.LatencyChart().Text, StringComparison.Ordinal);
        // Only of those at 1000/s one is the best.
        Assert.Single(Regex.Matches(sweep.ToHtml(), "<td style=\"[^\"]*font-weight:bold"));
    }

    [Fact]
    public async Task Loads_that_are_no_whole_numbers_are_written_as_they_are()
    {
        var sweep = await Lab.SweepLoadAsync([new RoundRobin()], Server, [1.2, 1.4, 15], duration: TimeSpan.FromSeconds(4));
        Assert.Contains("1.2/s", sweep.ToString(), StringComparison.Ordinal);
        Assert.Contains("1.4/s", sweep.ToString(), StringComparison.Ordinal);
        Assert.Contains("at 1.4/s", sweep.LatencyChart().Text, StringComparison.Ordinal);
        Assert.Equal(["0", "2.5", "5", "7.5", "10", "12.5", "15"], sweep.LatencyChart().Figure.Panels[0].X.Ticks!.Select(tick => tick.Label));
    }

    [Fact]
    public async Task Figures_are_the_same_in_a_country_that_writes_commas()
    {
        var sweep = await SweepAsync(Kernels.Simulated);
        var traced = await Lab.RunAsync(new RoundRobin(), new ComputeAndIo(), duration: TimeSpan.FromMilliseconds(50));
        string Shown() => sweep.LatencyChart().ToHtml() + sweep.ToHtml() + Lab.ActivationChart(traced).ToHtml() + traced.Timeline().ToHtml() + Lab.Compare(traced).ToHtml();
        var (here, usual) = (CultureInfo.CurrentCulture, Shown());
        var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        commas.NumberFormat.NumberDecimalSeparator = commas.NumberFormat.PercentDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = commas;
            Assert.Equal(usual, Shown());
        }
        finally
        {
            CultureInfo.CurrentCulture = here;
        }
    }

    [Fact]
    public async Task What_is_computed_after_the_end_of_a_run_is_no_share_of_its_time()
    {
        // Each stretch outlasts the run.
        var server = new NetworkServer { Connections = 1, ComputingThreads = 1, WorkBetweenSafepoints = TimeSpan.FromMilliseconds(400), WorkPerRequest = TimeSpan.FromMilliseconds(1) };
        var result = await Lab.RunAsync(new RoundRobin(), server, Kernels.Stock, duration: TimeSpan.FromMilliseconds(200));
        Assert.InRange(LoadLine.Computing(result), 0, result.Throughput);
        Assert.InRange(result.Throughput, 0.01, 1.02);
    }

    [Fact]
    public async Task A_saturated_server_shows_how_many_requests_it_answered()
    {
        var sweep = await Lab.SweepLoadAsync([new RoundRobin()], new NetworkServer { WorkPerRequest = TimeSpan.FromMilliseconds(1) }, [4000], duration: TimeSpan.FromMilliseconds(500));
        var network = sweep.Results[0].Network!;
        Assert.Contains($", {Math.Floor(100.0 * network.Answered / network.Offered)} %", sweep.ToString(), StringComparison.Ordinal);
        Assert.Contains("only so many requests were answered", sweep.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_loads_and_workloads_without_one_are_refused_before_anything_runs()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Lab.SweepLoadAsync([new RoundRobin()], Server, [100, -1]));
        await Assert.ThrowsAsync<ArgumentException>(() => Lab.SweepLoadAsync([new RoundRobin()], Server, []));
        await Assert.ThrowsAsync<ArgumentException>(() => Lab.SweepLoadAsync([], Server, [100]));
        var error = await Assert.ThrowsAsync<ArgumentException>(() => Lab.SweepLoadAsync([new RoundRobin()], new ComputeAndIo(), [100]));
        Assert.Contains("ComputeAndIo has no public settable property RequestsPerSecond", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_without_an_offered_load_is_refused_by_name()
    {
        var result = SampleResults.Of("RoundRobin", Kernels.Simulated, 1, TimeSpan.Zero) with { Network = new NetworkLatency(new ReactivityHistogram(), 0, 0, 0) };
        var error = Assert.Throws<ArgumentException>(() => new LoadSweep([result]));
        Assert.Contains("ComputeAndIo has no setting RequestsPerSecond", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweeps_with_different_numbers_of_virtual_processors_stand_side_by_side()
    {
        Task<LoadSweep> On(int processors) => Lab.SweepLoadAsync([new RoundRobin()], Server, Loads, virtualProcessors: processors, duration: TimeSpan.FromMilliseconds(100));
        var both = new LoadSweep([.. (await On(1)).Results, .. (await On(2)).Results]);
        Assert.Equal(["simulated kernel, 1 VP", "simulated kernel, 2 VPs"], both.Lines.Select(line => line.Kernel));
        Assert.All(both.Lines, line => Assert.Equal([500.0, 4000.0], line.Results.Select(Lab.LoadOf)));
    }

    [Fact]
    public async Task A_run_that_failed_is_named_with_its_load_and_without_a_policy_that_is_not_asked()
    {
        var sweep = await Lab.SweepLoadAsync([new RoundRobin()], Server, Loads, duration: TimeSpan.FromMilliseconds(100));
        FailedRun[] failures = [new(sweep.Results[0].Experiment, "The worker died."), new(sweep.Results[1].Experiment with { Machine = Kernels.KernelThreads }, "The worker died.")];
        var text = new LoadSweep(sweep.Results, failures).ToString();
        Assert.StartsWith("ERROR: RoundRobin on simulated, 1 VP at 500/s came to no result\nThe worker died.\n\nERROR: kernel threads, 1 VP at 4000/s came to no result\n", text, StringComparison.Ordinal);
        Assert.Contains("ERROR: kernel threads, 1 VP came to no result", new Comparison([], [failures[1]]).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_was_ejected_is_shown_with_the_load()
    {
        var sweep = await SweepAsync(Kernels.Simulated);
        var ejected = new LoadSweep([.. sweep.Results.Select(result => Lab.LoadOf(result) < 1000 ? result : result with { Ejection = SampleResults.Ejected().Ejection })]);
        Assert.StartsWith("ERROR: RoundRobin at 4000/s was ejected 12.5 ms after the start on simulated, 1 VP: Cell [3]", ejected.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_does_not_exist_is_refused_with_those_that_do()
    {
        var sweep = await SweepAsync(Kernels.Simulated);
        var error = Assert.Throws<KeyNotFoundException>(() => sweep[Kernels.Simulated, "Gang"]);
        Assert.Contains("RoundRobin (simulated kernel); IoFirst (simulated kernel)", error.Message, StringComparison.Ordinal);
    }
}
