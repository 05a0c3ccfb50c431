using System.Text.Json.Nodes;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Machines.Stock;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.Experiments;

public sealed class ResultsAreSaved : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string File1 => Path.Combine(_folder, "result.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    internal static ExperimentResult Sample()
    {
        var catalog = new ComponentCatalog();
        var histogram = new ReactivityHistogram();
        for (var i = 1; i < 1000; i++) histogram.Record(i * 1_000);
        return new ExperimentResult
        {
            Experiment = new Experiment
            {
                Policy = catalog.Describe(Cell.Instance("Mine", PolicySourceIsFound.Mine)),
                Workload = catalog.Describe(new ComputeAndIo { EventsPerSecond = 0.1 }),
                Machine = new SimulatedMachine { Model = KernelModel.KernelThreads },
                VirtualProcessors = 3,
                Seed = ulong.MaxValue,
                Watchdog = TimeSpan.FromTicks(1),
            },
            Environment = RunEnvironment.Capture(),
            Elapsed = TimeSpan.FromTicks(12_345_678_901),
            Ports = [new PortReactivity("port 1 ü", histogram, 1001, 999)],
            Stages = [new ReactivityStage("event to wake-up", histogram)],
            Threads = [new ThreadSummary(1, "compute 1", UserThreadState.Finished, TimeSpan.FromTicks(7), "boom")],
            Throughput = 0.1 + 0.2,
            Ejection = new PolicyEjection(PolicyRule.PicksReadyThread, "why", "FindNextToRun", TimeSpan.FromTicks(3), "cell 3", 4, null),
            Notes = ["a note"],
            Counters = new Dictionary<string, long> { ["upcalls new"] = long.MaxValue },
            Trace = new Trace([new TraceEvent(1, 0, 1, TraceEventKind.Created, 0), new TraceEvent(long.MaxValue, -1, 2, TraceEventKind.EventHandled, 255)], 42),
        };
    }

    [Fact]
    public void A_result_comes_back_exactly_as_it_was_saved()
    {
        var result = Sample();
        result.Save(File1);
        var loaded = ExperimentResult.Load(File1);
        Assert.Equal(result.ToJson(), loaded.ToJson());
        Assert.Equal(result.Throughput, loaded.Throughput);
        Assert.Equal(result.Elapsed, loaded.Elapsed);
        Assert.Equal(result.Environment, loaded.Environment);
        Assert.Equal(result.Experiment.Machine, loaded.Experiment.Machine);
        Assert.Equal(result.Ejection, loaded.Ejection);
        Assert.Equal(result.Trace.Events, loaded.Trace.Events);
        Assert.Equal(42, loaded.Trace.Dropped);
        Assert.Equal(result.Counters, loaded.Counters);
        Assert.Equal(result.Reactivity.Values(), loaded.Reactivity.Values());
        Assert.Equal(result.Stages[0].Histogram.Values(), Assert.Single(loaded.Stages).Histogram.Values());
        Assert.Equal(result.Experiment.Policy.Image, loaded.Experiment.Policy.Image);
    }

    [Fact]
    public void A_distribution_of_many_different_values_comes_back()
    {
        var histogram = new ReactivityHistogram();
        var random = new Random(1);
        for (var i = 0; i < 200_000; i++) histogram.Record((long)Math.Exp(28 * random.NextDouble()));
        var result = Sample();
        var loaded = ExperimentResult.FromJson((result with { Ports = [result.Ports[0] with { Histogram = histogram }] }).ToJson());
        Assert.Equal(histogram.Values(), loaded.Ports[0].Histogram.Values());
    }

    [Fact]
    public void A_loaded_results_policy_can_be_made_again()
    {
        var loaded = ExperimentResult.FromJson(Sample().ToJson());
        Assert.Equal("Mine", new ComponentCatalog().Create<SchedulingPolicy>(loaded.Experiment.Policy).GetType().Name);
    }

    [Fact]
    public void Every_kind_of_machine_comes_back()
    {
        var result = Sample();
        var stock = ExperimentResult.FromJson((result with { Experiment = result.Experiment with { Machine = new StockMachine() } }).ToJson());
        Assert.IsType<StockMachine>(stock.Experiment.Machine);
    }

    [Fact]
    public void The_format_stands_first_and_computed_values_are_left_out()
    {
        var json = Sample().ToJson();
        Assert.StartsWith("{\"format\":1,", json, StringComparison.Ordinal);
        Assert.DoesNotContain("\"reactivity\"", json, StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"simulated\"", json, StringComparison.Ordinal);
        Assert.Contains("\"PicksReadyThread\"", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "not a saved experiment result")]
    [InlineData("{}", "does not begin with \"format\"")]
    [InlineData("[1]", "does not begin with \"format\"")]
    [InlineData("{\"format\":2,\"whatever\":1}", "format 2; this version reads format 1")]
    [InlineData("{\"format\":1}", "not a saved experiment result")]
    [InlineData("{\"format\":1,\"result\":{}}", "not a saved experiment result")]
    [InlineData("{\"format\":1,\"result\":", "not a saved experiment result")]
    public void A_file_that_is_no_result_is_refused_with_a_reason(string text, string expected)
    {
        File.WriteAllText(File1, text);
        var error = Assert.Throws<InvalidDataException>(() => ExperimentResult.Load(File1));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(File1, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_cut_anywhere_is_refused_with_a_reason()
    {
        var json = Sample().ToJson();
        for (var length = 0; length < json.Length - 1; length += 1 + length / 50)
            Assert.Throws<InvalidDataException>(() => ExperimentResult.FromJson(json[..length]));
    }

    [Theory]
    [InlineData("\"time\":", "\"tome\":")]
    [InlineData("\"kind\":[", "\"kinds\":[")]
    public void A_result_without_a_column_of_its_trace_is_refused_with_a_reason(string column, string other)
    {
        var error = Assert.Throws<InvalidDataException>(() => ExperimentResult.FromJson(Sample().ToJson().Replace(column, other, StringComparison.Ordinal)));
        Assert.Contains("is damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_with_a_damaged_distribution_is_read_or_refused_with_a_reason()
    {
        var document = JsonNode.Parse(Sample().ToJson())!;
        var port = document["result"]!["ports"]![0]!;
        var bytes = Convert.FromBase64String((string)port["histogram"]!);
        for (var i = 0; i < 2 * bytes.Length; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[i / 2] = (byte)(i % 2 == 0 ? 0 : 255);
            port["histogram"] = Convert.ToBase64String(damaged);
            var error = Record.Exception(() => ExperimentResult.FromJson(document.ToJsonString()));
            if (error is not null) Assert.StartsWith("The text is not", Assert.IsType<InvalidDataException>(error).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Saving_replaces_a_file_and_leaves_nothing_beside_it()
    {
        File.WriteAllText(File1, "old");
        Sample().Save(File1);
        Assert.Equal([File1], Directory.GetFiles(_folder));
        Assert.Throws<DirectoryNotFoundException>(() => Sample().Save(Path.Combine(_folder, "missing", "x.json")));
    }

    [Fact]
    public void The_environment_says_where_a_run_was_made()
    {
        var environment = RunEnvironment.Capture();
        Assert.StartsWith("Linux ", environment.Kernel, StringComparison.Ordinal);
        Assert.True(environment.Processors > 0);
        Assert.StartsWith(".NET", environment.Runtime, StringComparison.Ordinal);
        Assert.NotEmpty(environment.Processor);
        Assert.StartsWith("0.1.0", environment.Version, StringComparison.Ordinal);
    }
}
