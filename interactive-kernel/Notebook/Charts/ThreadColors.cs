using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>
/// What the bars of a thread are called and which colour they have, the same in all panels of a chart. Where the runs have
/// few threads, each has a colour of its own; of many, one is only told from the next, and computing threads from those
/// that answer events.
/// </summary>
internal sealed class ThreadColors
{
    // The number of colours that are told apart, and of names that a legend bears.
    private static readonly int s_most = Palette.ComputingThreads.Length;
    private readonly Dictionary<ExperimentResult, HashSet<int>> _handlers = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _computing = [], _answering = [];

    public ThreadColors(IReadOnlyList<ExperimentResult> results)
    {
        foreach (var result in results)
            _handlers[result] = [.. result.Trace.Events.Where(entry => entry.Kind == TraceEventKind.EventHandled).Select(entry => entry.Thread)];
        if (results.Any(result => result.Threads.Count > s_most)) return;
        var names = results.SelectMany(result => result.Threads).GroupBy(thread => thread.Name).ToList();
        // Threads of one name are not told apart by a legend.
        if (names.Count > s_most || results.Any(result => result.Threads.Select(thread => thread.Name).Distinct().Count() < result.Threads.Count)) return;
        // A thread that a policy starves has answered nothing; under another policy it may have.
        var answering = results.SelectMany(result => result.Threads.Where(thread => _handlers[result].Contains(thread.Id))).Select(thread => thread.Name).ToHashSet();
        foreach (var name in names.Select(name => name.Key)) (answering.Contains(name) ? _answering : _computing).Add(name);
        foreach (var result in results) _handlers[result] = [.. result.Threads.Where(thread => answering.Contains(thread.Name)).Select(thread => thread.Id)];
    }

    /// <summary>The threads of a run that answer events.</summary>
    public HashSet<int> HandlersOf(ExperimentResult result) => _handlers[result];

    /// <summary>The series to which a bar belongs.</summary>
    /// <param name="name">The thread's name; null where the result has forgotten it.</param>
    /// <param name="shade">Which of the shades of computing threads it has where they have no colours of their own.</param>
    /// <param name="isHandler">Whether the thread answers events.</param>
    /// <param name="isMixed">Whether the bar stands for turns of several threads.</param>
    public ThreadSeries Of(string? name, int shade, bool isHandler, bool isMixed)
    {
        var hasBlues = _answering.Count > 0 && _answering.Count <= Palette.InputOutputThreads.Length;
        if (isMixed && isHandler && hasBlues) return new(s_most, "I/O turns too short to show", Palette.Mixed[1], true);
        if (isMixed && !isHandler && _computing.Count > 0) return new(-1, "turns too short to show", Palette.Mixed[0], false);
        if (name is not null && _computing.IndexOf(name) is >= 0 and var computing) return new(computing, name, Palette.ComputingThreads[computing], false);
        if (name is not null && hasBlues && _answering.IndexOf(name) is >= 0 and var answering) return new(s_most + 1 + answering, name + " (I/O)", Palette.InputOutputThreads[answering], true);
        return isHandler ? new(2 * s_most, "I/O thread", Palette.InputOutput, true) : new(-2 - shade, "computing thread", Palette.Computing[shade], false);
    }
}

/// <summary>A series of bars of threads.</summary>
/// <param name="Order">From back to front.</param>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Color">Its colour.</param>
/// <param name="IsHandler">Whether its threads answer events.</param>
internal readonly record struct ThreadSeries(int Order, string Name, string Color, bool IsHandler) : IComparable<ThreadSeries>
{
    public int CompareTo(ThreadSeries other) => Order.CompareTo(other.Order);
}
