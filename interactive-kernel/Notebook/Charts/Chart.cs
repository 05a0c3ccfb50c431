using Plotly.NET;

namespace SchedulerActivations.Notebook;

/// <summary>
/// A chart: interactive where JavaScript runs and the page holds the chart library, a static picture everywhere else,
/// and a file to share with <see cref="SavePng"/> or <see cref="SaveSvg"/>.
/// </summary>
public sealed class Chart : IMimeBundleSource
{
    private readonly Lazy<byte[]> _png;

    internal Chart(Figure figure, string text)
    {
        Figure = figure;
        Text = text;
        _png = new Lazy<byte[]>(() => StaticDrawing.Png(figure, scale: 1));
    }

    internal Figure Figure { get; }

    /// <summary>What the chart shows.</summary>
    public string Title => Figure.Title;

    /// <summary>What the chart says, in words, for readers and programs that see no picture.</summary>
    public string Text { get; }

    /// <summary>The chart as Plotly.NET has it, to be changed in one's own way; as the value of a cell it is shown.</summary>
    public GenericChart ToPlotly() => PlotlyChart.Of(InteractiveDrawing.Of(Figure));

    /// <summary>The picture as PNG.</summary>
    public byte[] ToPng() => _png.Value;

    /// <summary>The chart as HTML: the static picture, which the page's chart library replaces by the interactive chart.</summary>
    public string ToHtml() => ChartHtml.Of(this);

    /// <summary>Saves the picture as PNG, at twice its size on the screen.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    public void SavePng(string path) => File.WriteAllBytes(path, StaticDrawing.Png(Figure, scale: 2));

    /// <summary>Saves the picture as SVG.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    public void SaveSvg(string path) => File.WriteAllText(path, StaticDrawing.Svg(Figure));

    /// <summary>Saves the interactive chart as a page that needs nothing else.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    public void SaveHtml(string path) => File.WriteAllText(path, PageHtml.Of(Title, ToHtml()));

    /// <inheritdoc/>
    public MimeBundle ToMimeBundle() => new(new Dictionary<string, string>
    {
        [MimeBundle.Html] = ToHtml(),
        [MimeBundle.Png] = Convert.ToBase64String(ToPng()),
        [MimeBundle.Plain] = ToString(),
    });

    /// <inheritdoc/>
    public override string ToString() => $"{Title}\n{Text}";
}
