using System.Globalization;
using System.Text;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace SchedulerActivations.Notebook;

/// <summary>Draws a figure as a picture, without a display, a browser or fonts of the system's.</summary>
internal static class StaticDrawing
{
    private const float HeadHeight = 58, LegendLine = 20;
    private static readonly Color s_text = Color.FromHex("#222222");
    private static readonly Color s_grid = Color.FromHex("#E3E3E3");

    public static byte[] Png(Figure figure, int scale)
    {
        using var surface = SKSurface.Create(new SKImageInfo(Figure.Width * scale, figure.Height * scale, SKColorType.Rgba8888, SKAlphaType.Opaque))
            ?? throw new InvalidOperationException("SkiaSharp cannot make a picture of this size.");
        surface.Canvas.Scale(scale);
        Draw(figure, surface.Canvas);
        using var pixels = surface.PeekPixels() ?? throw new InvalidOperationException("SkiaSharp does not give the picture back.");
        return PalettePng.Encode(pixels.GetPixelSpan(), pixels.Width, pixels.Height);
    }

    public static string Svg(Figure figure)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, Figure.Width, figure.Height), stream))
            Draw(figure, canvas);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Draw(Figure figure, SKCanvas canvas)
    {
        ChartFont.Register();
        canvas.Clear(SKColors.White);
        var head = DrawHead(figure, canvas);
        var weights = Enumerable.Range(0, figure.Rows).Select(row => figure.Panels.Skip(row * figure.Columns).Take(figure.Columns).Max(panel => panel.Weight)).ToList();
        using var font = new SKFont(ChartFont.Typeface, 13);
        using var ink = new SKPaint { Color = new SKColor(0x22, 0x22, 0x22), IsAntialias = true };
        var left = figure.Panels.Max(panel => (panel.Y.Title.Length > 0 ? 42 : 22) + (panel.Y.Ticks ?? []).Select(tick => font.MeasureText(tick.Label)).DefaultIfEmpty(30).Max());
        // A label that is longer than that loses its beginning.
        left = Math.Min(left, Figure.Width / figure.Columns / 2);
        var top = head;
        for (var row = 0; row < figure.Rows; row++)
        {
            var height = (float)((figure.Height - head) * weights[row] / weights.Sum());
            for (var column = 0; column < figure.Columns && row * figure.Columns + column < figure.Panels.Count; column++)
            {
                var width = (float)Figure.Width / figure.Columns;
                var panel = figure.Panels[row * figure.Columns + column];
                using var plot = ToPlot(panel);
                // The same margins for all, so that axes stand below each other.
                plot.Layout.Fixed(new PixelPadding(left, 18, 46, panel.Title.Length > 0 ? 24 : 8));
                plot.Render(canvas, new PixelRect(column * width, (column + 1) * width, top + height, top));
                canvas.DrawText(panel.Title, column * width + left, top + 17, font, ink);
            }
            top += height;
        }
    }

    // Title and legend, which goes on below where a line does not hold it; returns where they end.
    private static float DrawHead(Figure figure, SKCanvas canvas)
    {
        using var titleFont = new SKFont(ChartFont.Typeface, 17);
        using var font = new SKFont(ChartFont.Typeface, 12.5f);
        using var ink = new SKPaint { Color = new SKColor(0x22, 0x22, 0x22), IsAntialias = true };
        canvas.DrawText(figure.Title, 14, 24, titleFont, ink);
        var (left, top) = (16f, 43f);
        foreach (var series in figure.Legend)
        {
            var width = font.MeasureText(series.Name) + 24;
            if (left + width > Figure.Width && left > 16)
            {
                left = 16;
                top += LegendLine;
            }
            using var color = new SKPaint { Color = SKColor.Parse(series.Color), IsAntialias = true, StrokeWidth = 3 };
            switch (series)
            {
                case Moments:
                    canvas.DrawLine(left + 9, top - 7, left + 9, top + 7, color);
                    break;
                case Bars:
                    canvas.DrawRect(left, top - 5, 18, 10, color);
                    break;
                case Marks { Sign: Sign.Arrival }:
                    using (var triangle = new SKPath())
                    {
                        triangle.AddPoly([new(left + 4, top - 5), new(left + 14, top - 5), new(left + 9, top + 5)]);
                        canvas.DrawPath(triangle, color);
                    }
                    break;
                case Marks:
                    canvas.DrawCircle(left + 9, top, 4.5f, color);
                    break;
                case Curve curve:
                    using (color.PathEffect = curve.Dash == Dash.Solid ? null : SKPathEffect.CreateDash(curve.Dash == Dash.Dashed ? [6, 3] : [2, 3], 0))
                        canvas.DrawLine(left, top, left + 18, top, color);
                    break;
            }
            canvas.DrawText(series.Name, left + 24, top + 4.5f, font, ink);
            left += width + 22;
        }
        return HeadHeight + top - 43;
    }

    internal static Plot ToPlot(Panel panel)
    {
        var plot = new Plot();
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.Font.Set(ChartFont.Name);
        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        plot.Axes.Color(s_text);
        plot.Grid.MajorLineColor = s_grid;
        plot.XLabel(panel.X.Title, 12);
        plot.YLabel(panel.Y.Title, 12);
        plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
        plot.Axes.Right.FrameLineStyle.IsVisible = plot.Axes.Top.FrameLineStyle.IsVisible = false;
        plot.Grid.XAxisStyle.IsVisible = panel.X.Grid;
        plot.Grid.YAxisStyle.IsVisible = panel.Y.Grid;
        SetTicks(plot.Axes.Bottom, panel.X);
        SetTicks(plot.Axes.Left, panel.Y);
        foreach (var series in panel.Series) Add(plot, series);
        plot.Axes.SetLimits(panel.X.Min, panel.X.Max, panel.Y.Min, panel.Y.Max);
        plot.HideLegend();
        return plot;
    }

    private static void SetTicks(IAxis axis, Axis wanted)
    {
        axis.TickLabelStyle.FontSize = 11.5f;
        axis.MinorTickStyle.Length = 0;
        if (wanted.Ticks is { } ticks)
            axis.TickGenerator = new NumericManual([.. ticks.Select(tick => tick.At)], [.. ticks.Select(tick => tick.Label)]);
        else if (axis.TickGenerator is NumericAutomatic automatic)
            automatic.LabelFormatter = value => value.ToString("0.#########", CultureInfo.InvariantCulture);
    }

    private static void Add(Plot plot, Series series)
    {
        var color = Color.FromHex(series.Color);
        switch (series)
        {
            case Curve curve:
                var line = plot.Add.ScatterLine(curve.Points.Select(point => new Coordinates(point.X, point.Y)).ToArray(), color);
                line.LineWidth = 2.2f;
                line.LinePattern = curve.Dash switch { Dash.Dashed => LinePattern.Dashed, Dash.Dotted => LinePattern.Dotted, _ => LinePattern.Solid };
                break;
            case Bars bars:
                foreach (var bar in bars.Items)
                {
                    var half = bars.Thickness / 2;
                    var drawn = plot.Add.Rectangle(bar.Start, bar.End, bar.Row - half, bar.Row + half);
                    drawn.FillColor = color;
                    drawn.LineColor = color;
                    drawn.LineWidth = bars.Outlined ? 1.6f : 0;
                }
                break;
            case Moments moments:
                foreach (var moment in moments.Items) plot.Add.VerticalLine(moment.At, 2.4f, color);
                break;
            case Marks marks:
                var shape = marks.Sign == Sign.Arrival ? MarkerShape.FilledTriangleDown : MarkerShape.FilledCircle;
                plot.Add.Markers(marks.Points.Select(point => new Coordinates(point.X, point.Y)).ToArray(), shape, marks.Sign == Sign.Arrival ? 8 : 6, color);
                break;
        }
    }
}
