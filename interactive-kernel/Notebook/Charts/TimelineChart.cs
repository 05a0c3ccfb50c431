using System.Globalization;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>
/// Which thread ran on which virtual processor when, and above it how long each event waited for its thread: a panel for
/// each run, all over the same stretch of time.
/// </summary>
internal static class TimelineChart
{
    // More would be too thin to see and too much to send.
    private const int BarsAcross = 220;
    private const int MostProcessors = 8;
    private const int MostPorts = 6;

    /// <summary>A chart of runs that have the same machine and number of virtual processors.</summary>
    /// <param name="results">The runs; those without a trace are left out.</param>
    /// <param name="labels">Names the policies.</param>
    /// <param name="window">What to show; null to choose a stretch that tells how the runs differ.</param>
    public static Chart? Of(IReadOnlyList<ExperimentResult> results, RunLabels labels, TimeWindow? window = null)
    {
        var traced = results.Where(result => result.Trace.Events.Count > 0).ToList();
        if (traced.Count == 0) return null;
        var shown = window ?? TimeWindow.Telling(traced);
        var threads = new ThreadColors(traced);
        var panels = traced.Select((result, i) => ToPanel(result, labels.Policy(result), shown, threads, isLast: i == traced.Count - 1)).ToList();
        var title = $"Who ran when: {RunLabels.Situation(traced[0])}, {DurationText.Of(shown.Length)} of {DurationText.Of(traced.Max(result => result.Elapsed))}";
        var height = 150 + (int)panels.Sum(panel => 30 + 28 * panel.Weight);
        return new Chart(new Figure(title, panels, 1, height), string.Join("\n", traced.Select(result => Words(result, labels.Policy(result), shown))));
    }

    private static string Words(ExperimentResult result, string policy, TimeWindow window)
    {
        var waits = Wait.Of(result).Where(wait => wait.Due >= window.Start && wait.Due < window.End).ToList();
        var events = waits.Count == 0 ? $"{policy}: no event was due in this time."
            : $"{policy}: {waits.Count} events were due and waited {DurationText.Of(waits.Average(wait => wait.End - wait.Due))} on average.";
        return string.Concat([events, .. new[] { TraceEventKind.PolicySwapped, TraceEventKind.PolicyEjected }
            .SelectMany(kind => MomentsOf(result, kind, window)).Select(moment => $" At {DurationText.Of(moment.At * 1e6)} {moment.Hover}.")]);
    }

    private static Panel ToPanel(ExperimentResult result, string policy, TimeWindow window, ThreadColors threads, bool isLast)
    {
        var names = result.Threads.ToDictionary(thread => thread.Id, thread => thread.Name);
        var handlers = threads.HandlersOf(result);
        var processors = Math.Min(result.Experiment.VirtualProcessors, MostProcessors);
        var ports = Math.Min(result.Ports.Count, MostPorts);
        double PortRow(int port) => processors + ports - 1 - port;
        double ProcessorRow(int vp) => processors - 1 - vp;
        string Name(int thread) => names.GetValueOrDefault(thread) ?? "thread " + thread.ToString(CultureInfo.InvariantCulture);

        var waits = Wait.Of(result).Where(wait => wait.Port < ports && wait.End >= window.Start && wait.Due <= window.End).ToList();
        var bars = Shaded(Merge(result.Trace.Timeline().Where(bar => bar.VirtualProcessor < processors && bar.End > window.Start && bar.Start < window.End), handlers, window), handlers).ToList();
        Bar ToBar(Stretch bar) => new(ProcessorRow(bar.VirtualProcessor), Milliseconds(Math.Max(bar.Start, window.Start)), Milliseconds(Math.Min(bar.End, window.End)),
            $"{(bar.Turns == 1 ? Name(bar.Thread) : $"{bar.Turns} turns of short length")} on VP {bar.VirtualProcessor}: {DurationText.Of(bar.End - bar.Start)}");
        Bar ToWait(Wait wait) => new(PortRow(wait.Port), Milliseconds(Math.Max(wait.Due, window.Start)), Milliseconds(Math.Min(wait.End, window.End)),
            $"an event of {result.Ports[wait.Port].Port} waits {DurationText.Of(wait.End - wait.Due)}{(wait.Handled ? "" : ", not handled")}");

        var due = waits.Where(wait => wait.Due >= window.Start).Select(wait => new Point(Milliseconds(wait.Due), PortRow(wait.Port), ""));
        var handled = waits.Where(wait => wait.Handled && wait.End <= window.End).Select(wait => new Point(Milliseconds(wait.End), PortRow(wait.Port), ""));
        Series[] series =
        [
            // Threads that answer events lie above the others: their turns are short, and what the picture is about.
            .. bars.GroupBy(bar => threads.Of(names.GetValueOrDefault(bar.Thread), bar.Shade, handlers.Contains(bar.Thread), bar.IsMixed))
                .OrderBy(group => group.Key).Select(group => new Bars(group.Key.Name, group.Key.Color, 0.72, group.Key.IsHandler, [.. group.Select(ToBar)])),
            new Bars("an event waits", Palette.Waiting, 0.34, false, [.. waits.Select(ToWait)]),
            new Marks("it is due", Palette.Due, Sign.Arrival, [.. due]),
            new Marks("it is handled", Palette.InputOutput, Sign.Disc, [.. handled]),
            new Moments("another policy takes over", Palette.Swap, [.. MomentsOf(result, TraceEventKind.PolicySwapped, window)]),
            new Moments("the policy is ejected", Palette.Due, [.. MomentsOf(result, TraceEventKind.PolicyEjected, window)]),
        ];
        var rows = Enumerable.Range(0, processors).Select(vp => new Tick(ProcessorRow(vp), "VP " + vp.ToString(CultureInfo.InvariantCulture)))
            .Concat(Enumerable.Range(0, ports).Select(port => new Tick(PortRow(port), result.Ports[port].Port)));
        return new Panel(Title(result, policy, processors, ports),
            new Axis(isLast ? "milliseconds since the start of the run" : "", Milliseconds(window.Start), Milliseconds(window.End)),
            new Axis("", -0.6, processors + ports - 0.4, [.. rows], Grid: false),
            [.. series.Where(series => !series.IsEmpty)],
            processors + ports);
    }

    private static IEnumerable<Moment> MomentsOf(ExperimentResult result, TraceEventKind kind, TimeWindow window) =>
        result.Trace.Events.Where(entry => entry.Kind == kind && entry.Time >= window.Start && entry.Time <= window.End).Select(entry => new Moment(
            Milliseconds(entry.Time),
            kind == TraceEventKind.PolicySwapped && entry.Detail <= result.Swaps.Count ? $"{result.Swaps[entry.Detail - 1].Policy.Name} takes over" : "round robin takes over"));

    // What is not shown is said.
    private static string Title(ExperimentResult result, string policy, int processors, int ports)
    {
        List<string> parts = [];
        if (result.Experiment.VirtualProcessors > processors) parts.Add($"the first {processors} virtual processors");
        if (result.Ports.Count > ports) parts.Add($"the first {ports} of {result.Ports.Count} ports");
        return Policies(result, policy) + (parts.Count > 0 ? $" ({string.Join(", ", parts)})" : "");
    }

    private static string Policies(ExperimentResult result, string policy) => string.Join(" → ", result.Swaps.Select(swap => swap.Policy.Name).Prepend(policy));

    private static double Milliseconds(long nanoseconds) => nanoseconds / 1e6;

    // Of several turns the thread is the first one's; mixed means that another one had a turn, too.
    private readonly record struct Stretch(int VirtualProcessor, int Thread, long Start, long End, int Turns, bool IsMixed, int Shade = 0);

    // A thread that was picked again right away is one bar; where turns are too short to see, neighbours become one bar.
    private static IEnumerable<Stretch> Merge(IEnumerable<TimelineSegment> bars, HashSet<int> handlers, TimeWindow window)
    {
        var narrow = window.Length / BarsAcross;
        foreach (var row in bars.GroupBy(bar => bar.VirtualProcessor))
        {
            Stretch? open = null;
            foreach (var bar in row)
            {
                var next = new Stretch(bar.VirtualProcessor, bar.Thread, bar.Start, bar.End, 1, false);
                if (open is not { } last) open = next;
                else if (bar.Start - last.End <= narrow / 4 && last.Thread == bar.Thread && last.Turns == 1) open = last with { End = bar.End };
                else if (bar.Start - last.End <= narrow && handlers.Contains(last.Thread) == handlers.Contains(bar.Thread)
                    && last.End - last.Start < narrow && bar.End - bar.Start < narrow) open = last with { End = bar.End, Turns = last.Turns + 1, IsMixed = last.IsMixed || last.Thread != bar.Thread };
                else
                {
                    yield return last;
                    open = next;
                }
            }
            if (open is { } rest) yield return rest;
        }
    }

    // A turn has the other shade than the one before it on its virtual processor.
    private static IEnumerable<Stretch> Shaded(IEnumerable<Stretch> bars, HashSet<int> handlers)
    {
        foreach (var row in bars.GroupBy(bar => bar.VirtualProcessor))
        {
            var (thread, shade) = (0, 0);
            foreach (var bar in row)
            {
                if (!handlers.Contains(bar.Thread) && bar.Thread != thread) (thread, shade) = (bar.Thread, 1 - shade);
                yield return bar with { Shade = shade };
            }
        }
    }
}
