using SchedulerActivations.JupyterKernel.Session;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.InteractiveKernel.Tests.Session;

/// <summary>Keeps what a cell shows, in order.</summary>
internal sealed class RecordedOutput : ICellOutput
{
    private readonly List<(string Kind, string Text)> _all = [];

    public IReadOnlyList<(string Kind, string Text)> All
    {
        get
        {
            lock (_all)
                return [.. _all];
        }
    }

    public string StandardOutput => string.Concat(All.Where(o => o.Kind == "stdout").Select(o => o.Text));

    public string StandardError => string.Concat(All.Where(o => o.Kind == "stderr").Select(o => o.Text));

    public event Action<string>? Written;

    public void WriteStandardOutput(string text) => Add("stdout", text);

    public void WriteStandardError(string text) => Add("stderr", text);

    public void Display(MimeBundle data, string? displayId) => Add("display", data.Data["text/plain"]);

    public void UpdateDisplay(MimeBundle data, string displayId) => Add("update", data.Data["text/plain"]);

    public void Clear(bool wait) => Add("clear", wait ? "when the next output arrives" : "now");

    private void Add(string kind, string text)
    {
        lock (_all)
            _all.Add((kind, text));
        Written?.Invoke(text);
    }
}
