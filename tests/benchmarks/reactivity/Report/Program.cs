using SchedulerActivations.Benchmarks;
using SchedulerActivations.Notebook;

// reactivity-report OUTPUT.json LINES…: prints the table; writes the records, and the chart of each place beside them.
if (args is not [var output, _, ..])
{
    Console.Error.WriteLine("usage: reactivity-report OUTPUT.json LINES...");
    return 2;
}
var lines = args.Skip(1).SelectMany(Line.Read).ToList();
foreach (var skipped in lines.Where(line => line.Skipped is not null).Select(line => $"{line.Variant} ({line.Source}): {line.Skipped}").Distinct())
    Console.WriteLine($"Left out: {skipped}.");
foreach (var failed in lines.Where(line => line.Failed is not null))
    Console.WriteLine($"Failed: {failed.Variant} ({failed.Source}, {failed.Computing} computing, {failed.Place}): {failed.Failed}.");
var measured = lines.Where(line => line.Latencies is { Length: > 0 }).ToList();
foreach (var lost in measured.Where(line => line.Latencies!.Length < line.Events))
    Console.WriteLine($"{lost.Variant} ({lost.Source}, {lost.Computing} computing, {lost.Place}) handled {lost.Latencies!.Length} of {lost.Events} events.");
var split = measured.Where(line => line.Stages is { Length: > 0 }).OrderBy(line => (line.Place, line.Variant, line.Source, line.Computing))
    .DistinctBy(line => (line.Place, line.Variant, line.Source, line.Computing))
    .SelectMany(line => line.Stages!.Select(stage => new SplitStage(line.Place, line.Variant.Replace("-stages", ""), line.Source, line.Computing, stage.Name, stage.P50, stage.P99))).ToList();
var records = Records.Of([.. measured.Where(line => line.Stages is not { Length: > 0 })]);
if (records.Count == 0)
{
    Console.Error.WriteLine("There is no measurement of ours beside a peer's.");
    return 1;
}
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
BenchmarkRecord.Save(records, output);
var benchmark = new ReactivityBenchmark(records);
Console.WriteLine(benchmark);
foreach (var place in records.Select(record => record.Where).Distinct())
    benchmark.Chart(place).SavePng(Path.ChangeExtension(output, $".{place}.png"));
if (split.Count > 0)
{
    var stages = new ReactivitySplit(split);
    Console.WriteLine(stages);
    foreach (var place in split.Select(stage => stage.Where).Distinct())
        stages.Chart(place).SavePng(Path.ChangeExtension(output, $".{place}.stages.png"));
}
return 0;
