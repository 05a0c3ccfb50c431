using System.Diagnostics;
using SchedulerActivations.Exploration;

namespace SchedulerActivations.Notebook;

/// <summary>How far a check has come, in one place that changes.</summary>
internal sealed class CheckDisplay(INotebookHost? host, PolicyCheck check) : IProgress<CheckProgress>
{
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private readonly object _gate = new();
    private Action<MimeBundle>? _update;
    private int _schedules;
    private bool _isClosed;

    public void Report(CheckProgress value)
    {
        if (value.Output is { Length: > 0 } output) Console.Write(output);
        lock (_gate)
        {
            // A report may arrive after the end of the check that made it.
            if (_isClosed) return;
            _schedules = value.Schedules;
            Show(value.Total, value.Shortening ? $"{check.Policy.Name} breaks a rule, looking for the shortest run that breaks it" : check.Policy.Name);
        }
    }

    /// <summary>Says how it ended, where anything has been shown: a check may be over before that.</summary>
    /// <param name="word">How.</param>
    /// <param name="schedules">How many schedules were tried; null for as many as were reported.</param>
    public void Close(string word, int? schedules = null)
    {
        lock (_gate)
        {
            _isClosed = true;
            _schedules = schedules ?? _schedules;
            if (_update is not null) Show(check.Schedules, $"{word} after {DurationText.Of(_elapsed.Elapsed)}");
        }
    }

    private void Show(int total, string current)
    {
        if (host is null) return;
        var content = ProgressHtml.Of(_schedules, total, 0, "schedules", current);
        if (_update is null) _update = host.Display(content);
        else _update(content);
    }
}
