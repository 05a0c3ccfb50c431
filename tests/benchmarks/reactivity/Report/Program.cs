using SchedulerActivations.Benchmarks;
using SchedulerActivations.Notebook;

// reactivity-report LINES OUTPUT.json: prints the table; writes the records, and the chart of each place beside them.
if (args is not [var input, var output])
{
    Console.Error.WriteLine("usage: reactivity-report LINES OUTPUT.json");
    return 2;
}
var lines = Line.Read(input);
foreach (var skipped in lines.Where(line => line.Skipped is not null).Select(line => $"{line.Variant} ({line.Source}): {line.Skipped}").Distinct())
    Console.WriteLine($"Left out: {skipped}.");
foreach (var lost in lines.Where(line => line.Skipped is null && line.Handled < line.Events))
    Console.WriteLine($"{lost.Variant} ({lost.Source}, {lost.Computing} computing, {lost.Place}) handled {lost.Handled} of {lost.Events} events.");
var records = Records.Of([.. lines.Where(line => line.Skipped is null)]);
if (records.Count == 0)
{
    Console.Error.WriteLine($"{input} holds no measurement of ours beside a peer's.");
    return 1;
}
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
BenchmarkRecord.Save(records, output);
var benchmark = new ReactivityBenchmark(records);
Console.WriteLine(benchmark);
foreach (var place in records.Select(record => record.Where).Distinct())
    benchmark.Chart(place).SavePng(Path.ChangeExtension(output, $".{place}.png"));
return 0;
