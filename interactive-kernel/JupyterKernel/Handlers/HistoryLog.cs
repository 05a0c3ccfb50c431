namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>The cells of this session; earlier sessions are not kept.</summary>
internal sealed class HistoryLog
{
    /// <summary>The number by which front ends call this session.</summary>
    public const int Session = 1;

    private readonly List<Entry> _entries = [];

    public IReadOnlyList<Entry> Entries => _entries;

    public void Add(int number, string input, string? output) => _entries.Add(new(number, input, output));

    internal sealed record Entry(int Number, string Input, string? Output);
}
