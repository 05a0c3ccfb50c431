using SchedulerActivations.Notebook;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

/// <summary>What benchmarks have written, read back for a notebook.</summary>
public sealed class BenchmarkRecords : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("records-").FullName;

    private static readonly BenchmarkRecord[] Some =
    [
        new("p99-8@host", "µs", 900, "kernel-threads", 4500, 5, 5, 0.2),
        new("p99-32@host", "µs", 1000, "kernel-threads", 9000, 9, 5, 0.1),
        new("p99-32@host", "µs", 1000, "go", 100_000, 100, 5, 0.1),
        new("tcp-p99-32@host", "µs", 1200, "thread-pool", 6000, 5, 5, 0.1),
        new("throughput-32@host", "share", 0.97, "kernel-threads", 0.98, 0.99, 5, 0.01),
        new("short-way-p99-32@counted", "µs", 6.6, "kernel-threads", 1319, 200, 2, 0.01),
    ];

    [Fact]
    public void Records_are_read_as_they_were_written()
    {
        var path = Path.Combine(_folder, "records.json");
        BenchmarkRecord.Save(Some, path);
        Assert.Equal(Some, BenchmarkRecord.Load(path));
        Assert.Equal(("p99-8", "host"), (Some[0].Quantity, Some[0].Where));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[{}]")]
    [InlineData("{\"name\": 1}")]
    public void A_file_of_something_else_is_refused_by_name(string text)
    {
        var path = Path.Combine(_folder, "wrong.json");
        File.WriteAllText(path, text);
        Assert.Contains("wrong.json", Assert.Throws<InvalidDataException>(() => BenchmarkRecord.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ours_and_every_peer_have_their_values_by_place_source_and_number_of_threads()
    {
        var benchmark = new ReactivityBenchmark(Some);
        Assert.Equal(1000, benchmark.Value(ReactivityBenchmark.Ours, "p99", 32, "host"));
        Assert.Equal(100_000, benchmark.Value("go", "p99", 32, "host"));
        Assert.Equal(6000, benchmark.Value("thread-pool", "p99", 32, "host", "tcp"));
        Assert.Equal(6.6, benchmark.Value("ours, short way", "p99", 32, "counted"));
        Assert.Null(benchmark.Value("go", "p99", 8, "host"));
        Assert.Contains("9.00 ms", benchmark.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_of_nothing_does_not_stretch_the_logarithmic_axis()
    {
        var axes = new ReactivityBenchmark([.. Some, new("p50-8@host", "µs", 0, "go", 1000, 1, 5, 0.1)]).Chart("host").Figure.Panels.Take(2).Select(panel => panel.Y);
        Assert.All(axes, axis => Assert.InRange(axis.Min, 5, axis.Max));
    }

    [Fact]
    public void Computing_threads_that_got_nothing_are_drawn_at_nothing()
    {
        var chart = new ReactivityBenchmark([.. Some, new("throughput-8@host", "share", 0.97, "go", 0, 1, 5, 0.1)]).Chart("host");
        var share = Assert.Single(chart.Figure.Panels[4].Series.OfType<Curve>(), curve => curve.Name == "go").Points;
        Assert.Equal(0, Assert.Single(share).Y);
    }

    [Fact]
    public void Its_chart_has_a_column_for_each_event_source()
    {
        var figure = new ReactivityBenchmark(Some).Chart("host").Figure;
        Assert.Equal(2, figure.Columns);
        Assert.Equal(["timerfd", "tcp"], figure.Panels.Take(2).Select(panel => panel.Title));
        Assert.Equal(2, figure.Panels[2].Series.OfType<Curve>().Single(curve => curve.Name == ReactivityBenchmark.Ours).Points.Count);
        var error = Assert.Throws<KeyNotFoundException>(() => new ReactivityBenchmark(Some).Chart("smp"));
        Assert.Contains("host, counted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_of_another_benchmark_are_refused() =>
        Assert.Throws<ArgumentException>(() => new ReactivityBenchmark([new("yield", "ns", 24, "go", 60, 2.5, 10, 0.1)]));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
