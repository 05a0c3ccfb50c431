using Microsoft.DotNet.Interactive.Formatting;
using SchedulerActivations.Experiments;
using SchedulerActivations.Exploration;

namespace SchedulerActivations.Notebook;

/// <summary>What a host does with the library: a Jupyter kernel, an exporter of pages, an extension.</summary>
public static class NotebookLibrary
{
    /// <summary>
    /// HTML that belongs once on each page with charts, before or after them: the chart library. A page without it shows
    /// the charts as static pictures.
    /// </summary>
    public static string PageHead => $"<script>{PlotlyBundle.Script}</script>";

    // Formatters answer by type, so a result without events and trace, or a comparison of which no run came to a result, has to have a picture too: one white pixel.
    private static readonly string s_nothing = Convert.ToBase64String(PalettePng.Encode([255, 255, 255, 255], 1, 1));

    /// <summary>Registers how results, comparisons and charts are shown with Microsoft.DotNet.Interactive.Formatting. May be called more than once.</summary>
    public static void RegisterFormatters()
    {
        Register<ExperimentResult>(result => ResultReport.Of(result).ToHtml(), result => Png(ResultReport.Of(result)), result => ResultReport.Of(result, withCharts: false).ToText());
        Register<Comparison>(comparison => comparison.ToHtml(), comparison => Png(comparison.Report()), comparison => comparison.ToString());
        Register<CheckResult>(result => CheckReport.Of(result).ToHtml(), result => Png(CheckReport.Of(result)), result => result.ToString());
        Register<LoadSweep>(sweep => sweep.ToHtml(), sweep => Png(LoadSweepReport.Of(sweep)), sweep => sweep.ToString());
        Register<Chart>(chart => chart.ToHtml(), Png, chart => chart.ToString());
        Register<MimeBundle>(bundle => Form(bundle, MimeBundle.Html), bundle => Form(bundle, MimeBundle.Png), bundle => Form(bundle, MimeBundle.Plain));
    }

    /// <summary>All forms of a result: a table and its charts.</summary>
    public static MimeBundle ToMimeBundle(this ExperimentResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return ResultReport.Of(result).ToMimeBundle();
    }

    /// <summary>All forms of a check's result: what was broken, and the chart of the shortest run that breaks it.</summary>
    public static MimeBundle ToMimeBundle(this CheckResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return CheckReport.Of(result).ToMimeBundle();
    }

    private static string Png(Report report) => report.Charts is [var first, ..] ? Png(first) : s_nothing;

    private static string Png(Chart chart) => Convert.ToBase64String(chart.ToPng());

    private static string Form(MimeBundle bundle, string mimeType) => bundle.Data.GetValueOrDefault(mimeType, "");

    private static void Register<T>(Func<T, string> html, Func<T, string> png, Func<T, string> plain)
    {
        Formatter.Register(html, MimeBundle.Html);
        Formatter.Register(png, MimeBundle.Png);
        Formatter.Register(plain, MimeBundle.Plain);
        Formatter.SetPreferredMimeTypesFor(typeof(T), MimeBundle.Html, MimeBundle.Png, MimeBundle.Plain);
    }
}
