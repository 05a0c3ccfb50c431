using ScottPlot;
using SkiaSharp;

namespace SchedulerActivations.Notebook;

/// <summary>The font of static pictures, from this assembly: a container without fonts would draw charts without text.</summary>
internal sealed class ChartFont : IFontResolver
{
    /// <summary>The font's name; also what an SVG asks its viewer for.</summary>
    public const string Name = "DejaVu Sans";

    private static readonly Lazy<SKTypeface> s_typeface = new(() =>
    {
        using var font = typeof(ChartFont).Assembly.GetManifestResourceStream("ChartFont.ttf")
            ?? throw new InvalidOperationException("The assembly has lost its font.");
        return SKTypeface.FromStream(font) ?? throw new InvalidOperationException("SkiaSharp cannot read the chart font.");
    });

    /// <summary>The font itself.</summary>
    public static SKTypeface Typeface => s_typeface.Value;

    // ScottPlot has one list for the process; ours answers to its own name only.
    private static readonly Lazy<bool> s_registered = new(() =>
    {
        Fonts.FontResolvers.Insert(0, new ChartFont());
        return true;
    });

    /// <summary>Makes the name known to ScottPlot.</summary>
    public static void Register() => _ = s_registered.Value;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName == Name ? Typeface : null;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Name ? Typeface : null;
}
