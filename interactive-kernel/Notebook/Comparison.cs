using SchedulerActivations.Experiments;
using SchedulerActivations.Machines;

namespace SchedulerActivations.Notebook;

/// <summary>Several runs side by side: shown as one table, the distribution of reactivity and a timeline for each machine.</summary>
public sealed class Comparison : IMimeBundleSource
{
    private readonly RunLabels _labels;

    /// <summary>Puts results side by side, also those of saved files.</summary>
    /// <param name="results">The results; at least one.</param>
    /// <param name="failures">Runs that came to no result.</param>
    public Comparison(IReadOnlyList<ExperimentResult> results, IReadOnlyList<FailedRun>? failures = null)
    {
        ArgumentNullException.ThrowIfNull(results);
        Results = results;
        Failures = failures ?? [];
        _labels = new RunLabels(results);
    }

    /// <summary>The results, in the order in which they were run.</summary>
    public IReadOnlyList<ExperimentResult> Results { get; }

    /// <summary>Runs that came to no result, for example because their worker died.</summary>
    public IReadOnlyList<FailedRun> Failures { get; }

    /// <summary>The result of a policy on a machine.</summary>
    /// <param name="policy">The policy's name, as the table shows it; without what the table adds in brackets where only one result has it.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="virtualProcessors">The number of virtual processors.</param>
    /// <exception cref="KeyNotFoundException">There is no such result, or there are several; the message says which there are.</exception>
    public ExperimentResult this[string policy, Machine machine, int virtualProcessors]
    {
        get
        {
            var there = Results.Where(result => result.Experiment.Machine == machine && result.Experiment.VirtualProcessors == virtualProcessors).ToList();
            var found = there.Where(result => _labels.Policy(result) == policy).ToList();
            if (found.Count == 0) found = [.. there.Where(result => RunLabels.ShortPolicy(result) == policy)];
            if (found.Count == 1) return found[0];
            var asked = $"{policy} on {machine?.Name}, {RunLabels.VirtualProcessors(virtualProcessors)}";
            throw new KeyNotFoundException(found.Count == 0
                ? $"No result of {asked}. There are: {string.Join("; ", Results.Select(_labels.Run))}."
                : $"There are {found.Count} results of {asked}: {string.Join("; ", found.Select(_labels.Policy))}. Write the whole name of the one that is meant, or take it from Results.");
        }
    }

    /// <summary>The distribution of reactivity, a panel for each machine and number of virtual processors.</summary>
    /// <exception cref="InvalidOperationException">No run came to a result.</exception>
    public Chart ReactivityChart() => Results.Count > 0 ? Notebook.ReactivityChart.Of(Results)
        : throw new InvalidOperationException("No run came to a result: there is no reactivity to draw.");

    /// <summary>Which thread ran when, for each policy on one machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="virtualProcessors">The number of virtual processors.</param>
    /// <param name="from">Start of the stretch of time to show; by default one that tells how the policies differ.</param>
    /// <param name="length">Its length.</param>
    /// <exception cref="KeyNotFoundException">No result with a trace is of this machine and number.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Nothing of the runs lies in the stretch.</exception>
    public Chart Timeline(Machine machine, int virtualProcessors = 1, TimeSpan? from = null, TimeSpan? length = null)
    {
        var results = Results.Where(result => result.Experiment.Machine == machine && result.Experiment.VirtualProcessors == virtualProcessors).ToList();
        return TimelineChart.Of(results, _labels, Lab.Window(results, from, length))
            ?? throw new KeyNotFoundException($"No result with a trace is of {machine?.Name}, {RunLabels.VirtualProcessors(virtualProcessors)}.");
    }

    /// <inheritdoc/>
    public MimeBundle ToMimeBundle() => Report().ToMimeBundle();

    internal Report Report() => ComparisonReport.Of(this, _labels);

    /// <summary>The comparison as HTML.</summary>
    public string ToHtml() => Report().ToHtml();

    /// <summary>Saves the comparison as a page that needs nothing else.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    public void SaveHtml(string path) => File.WriteAllText(path, PageHtml.Of("Comparison of scheduling policies", ToHtml()));

    /// <summary>The table as plain text.</summary>
    public override string ToString() => ComparisonReport.Of(this, _labels, withCharts: false).ToText();
}

/// <summary>A run that came to no result.</summary>
/// <param name="Experiment">What was run.</param>
/// <param name="Message">What went wrong.</param>
public sealed record FailedRun(Experiment Experiment, string Message);
