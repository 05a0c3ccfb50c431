using System.Globalization;
using System.Text.RegularExpressions;

namespace SchedulerActivations.Notebook;

/// <summary>The records of <c>make bench-reactivity</c>: shown as a table and as reactivity against the number of computing threads.</summary>
public sealed partial class ReactivityBenchmark : IMimeBundleSource
{
    /// <summary>What ours is called in table and chart.</summary>
    public const string Ours = "ours";

    /// <summary>Makes one of records.</summary>
    /// <exception cref="ArgumentException">No record is of this benchmark.</exception>
    public ReactivityBenchmark(IReadOnlyList<BenchmarkRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        Records = records;
        Points = [.. records.SelectMany(PointsOf).DistinctBy(point => (point.Where, point.Source, point.Measure, point.Computing, point.Who))];
        if (Points.Count == 0) throw new ArgumentException("None of the records is one of the reactivity benchmark's (p99-32@host …).", nameof(records));
    }

    /// <summary>The records.</summary>
    public IReadOnlyList<BenchmarkRecord> Records { get; }

    internal IReadOnlyList<ReactivityPoint> Points { get; }

    /// <summary>Reads <c>reactivity.json</c>.</summary>
    public static ReactivityBenchmark Load(string path) => new(BenchmarkRecord.Load(path));

    /// <summary>One value: of ours or of a peer.</summary>
    /// <param name="who"><see cref="Ours"/>, or a peer's name.</param>
    /// <param name="measure"><c>p50</c>, <c>p99</c> (in microseconds) or <c>throughput</c> (a share).</param>
    /// <param name="computing">Number of computing threads.</param>
    /// <param name="where"><c>host</c>, <c>host-smp</c>, <c>counted</c>, <c>smp</c>.</param>
    /// <param name="source"><c>timerfd</c>, <c>pipe</c>, <c>tcp</c>.</param>
    /// <returns>The value; null when it was not measured.</returns>
    public double? Value(string who, string measure, int computing, string where, string source = "timerfd") =>
        Points.FirstOrDefault(point => point.Who == who && point.Measure == measure && point.Computing == computing && point.Where == where && point.Source == source)?.Value;

    /// <summary>Reactivity and the computing threads' throughput against their number, a column for each event source.</summary>
    /// <param name="where">Where it was measured; by default the first place that the records name.</param>
    /// <exception cref="KeyNotFoundException">Nothing was measured there.</exception>
    public Chart Chart(string? where = null) => ReactivityByThreadsChart.Of(Points, where ?? Points[0].Where);

    /// <inheritdoc/>
    public MimeBundle ToMimeBundle() => Report(withCharts: true).ToMimeBundle();

    /// <inheritdoc/>
    public override string ToString() => Report(withCharts: false).ToText();

    private Report Report(bool withCharts)
    {
        var counts = Points.Select(point => point.Computing).Distinct().Order().ToList();
        // The source is named where there are several.
        var sources = Points.Select(point => point.Source).Distinct().Count() > 1;
        IEnumerable<T> IfSeveral<T>(T value) => sources ? [value] : [];
        Column[] columns = [new("p99 at"), .. IfSeveral(new Column("event source")), new("who answers"), .. counts.Select(count => new Column(count.ToString(CultureInfo.InvariantCulture) + " computing", true)), new("throughput", true)];
        var people = Points.Select(point => point.Who).Distinct().ToList();
        var rows = new List<Row>();
        foreach (var place in Points.GroupBy(point => (point.Where, point.Source)))
        {
            var best = counts.ToDictionary(count => count, count => place.Where(point => point.Measure == "p99" && point.Computing == count).Select(point => point.Value).DefaultIfEmpty().Min());
            rows.AddRange(place.Select(point => point.Who).Distinct().Select((who, i) => new Row(
            [
                new Cell(i == 0 ? place.Key.Where : ""), .. IfSeveral(new Cell(i == 0 ? place.Key.Source : "")), new Cell(who, Color: ReactivityByThreadsChart.ColorOf(who, people)),
                .. counts.Select(count => Value(who, "p99", count, place.Key.Where, place.Key.Source) is { } p99 ? new Cell(DurationText.Of(p99 * 1000), p99 == best[count]) : new Cell("-")),
                new Cell(Value(who, "throughput", counts[^1], place.Key.Where, place.Key.Source) is { } share ? share.ToString("P1", CultureInfo.InvariantCulture) : "-"),
            ], i == 0 && rows.Count > 0)));
        }
        return new Report([], new Table(columns, rows), [$"Throughput: what {counts[^1]} computing threads got of the processors."],
            withCharts ? [.. Points.Select(point => point.Where).Distinct().Select(Chart)] : []);
    }

    private static IEnumerable<ReactivityPoint> PointsOf(BenchmarkRecord record)
    {
        var match = Quantity().Match(record.Quantity);
        if (!match.Success) yield break;
        var source = match.Groups["source"].Success ? match.Groups["source"].Value : "timerfd";
        var computing = int.Parse(match.Groups["computing"].Value, CultureInfo.InvariantCulture);
        var ours = match.Groups["short"].Success ? "ours, short way" : Ours;
        yield return new ReactivityPoint(record.Where, source, match.Groups["measure"].Value, computing, ours, record.Ours);
        yield return new ReactivityPoint(record.Where, source, match.Groups["measure"].Value, computing, record.Peer, record.PeerValue);
    }

    [GeneratedRegex("^(?<short>short-way-)?((?<source>pipe|tcp)-)?(?<measure>p50|p99|throughput)-(?<computing>[0-9]+)$")]
    private static partial Regex Quantity();
}

/// <summary>One measured value.</summary>
internal sealed record ReactivityPoint(string Where, string Source, string Measure, int Computing, string Who, double Value);
