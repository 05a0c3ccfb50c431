using SchedulerActivations.Notebook;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Brings the chart library to the page with the session's first chart, and only with that: it is megabytes.</summary>
internal sealed class ChartLibrary
{
    private const string Html = "text/html";

    // The queue in which charts wait for the library; every chart's HTML names it.
    private const string Chart = "schedulerCharts";
    private int _sent;

    public MimeBundle Complete(MimeBundle bundle) =>
        bundle.Data.TryGetValue(Html, out var html) && html.Contains(Chart, StringComparison.Ordinal) && Interlocked.Exchange(ref _sent, 1) == 0
            ? new(new Dictionary<string, string>(bundle.Data) { [Html] = NotebookLibrary.PageHead + html })
            : bundle;
}
