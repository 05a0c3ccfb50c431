using SchedulerActivations.Exploration;

namespace SchedulerActivations.Notebook;

/// <summary>How far a check has come, in one place that changes.</summary>
internal sealed class CheckDisplay(INotebookHost? host, PolicyCheck check) : IProgress<CheckProgress>
{
    private readonly object _gate = new();
    private Action<MimeBundle>? _update;

    public void Report(CheckProgress value)
    {
        if (value.Output is { Length: > 0 } output) Console.Write(output);
        if (host is null) return;
        var current = value.Shortening ? $"{check.Policy.Name} breaks a rule, looking for the shortest run that breaks it" : check.Policy.Name;
        var content = ProgressHtml.Of(value.Schedules, value.Total, 0, "schedules", current);
        lock (_gate)
        {
            if (_update is null) _update = host.Display(content);
            else _update(content);
        }
    }
}
