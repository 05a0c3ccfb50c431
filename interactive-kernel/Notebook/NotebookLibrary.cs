using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>What a host does with the library: a Jupyter kernel, an exporter of pages, an extension.</summary>
public static class NotebookLibrary
{
    /// <summary>
    /// HTML that belongs once on each page with charts, before or after them: the chart library. A page without it shows
    /// the charts as static pictures.
    /// </summary>
    public static string PageHead => $"<script>{PlotlyBundle.Script}</script>";

    /// <summary>Registers how results, comparisons and charts are shown with Microsoft.DotNet.Interactive.Formatting. May be called more than once.</summary>
    public static void RegisterFormatters() { }

    /// <summary>All forms of a result: a table and its charts.</summary>
    public static MimeBundle ToMimeBundle(this ExperimentResult result) => new(new Dictionary<string, string> { [MimeBundle.Plain] = result.ToString() });
}
