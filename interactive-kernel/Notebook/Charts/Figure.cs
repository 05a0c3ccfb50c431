namespace SchedulerActivations.Notebook;

/// <summary>A chart as data: what the interactive and the static drawing are both made from, so that they cannot disagree.</summary>
/// <param name="Title">What the chart shows, above it.</param>
/// <param name="Panels">Its panels, row by row.</param>
/// <param name="Columns">Panels in a row.</param>
/// <param name="Height">Height in pixels, at a width of <see cref="Width"/>.</param>
internal sealed record Figure(string Title, IReadOnlyList<Panel> Panels, int Columns, int Height)
{
    /// <summary>Width in pixels of the static picture.</summary>
    public const int Width = 900;

    /// <summary>Number of rows of panels.</summary>
    public int Rows => (Panels.Count + Columns - 1) / Columns;

    /// <summary>The series that the legend names: the first of each name that shows something.</summary>
    public IEnumerable<Series> Legend => Panels.SelectMany(panel => panel.Series).Where(series => !series.IsEmpty).DistinctBy(series => series.Name);
}

/// <summary>One coordinate system of a figure.</summary>
/// <param name="Title">What sets it apart from its neighbours; may be empty.</param>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Series">What is drawn, from back to front.</param>
/// <param name="Weight">Height in proportion to the other rows'.</param>
internal sealed record Panel(string Title, Axis X, Axis Y, IReadOnlyList<Series> Series, double Weight = 1);

/// <summary>An axis with linear coordinates; a logarithmic one has logarithms as coordinates and names its own ticks.</summary>
/// <param name="Title">What it measures.</param>
/// <param name="Min">Its lower end.</param>
/// <param name="Max">Its upper end.</param>
/// <param name="Ticks">Its ticks; null for round numbers.</param>
/// <param name="Grid">Whether lines run across the panel at the ticks.</param>
internal sealed record Axis(string Title, double Min, double Max, IReadOnlyList<Tick>? Ticks = null, bool Grid = true);

/// <summary>A labelled place on an axis.</summary>
internal readonly record struct Tick(double At, string Label);

/// <summary>Something drawn in one colour and named once in the legend.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Color">Its colour, as #RRGGBB.</param>
internal abstract record Series(string Name, string Color)
{
    /// <summary>Whether there is nothing to draw.</summary>
    public abstract bool IsEmpty { get; }
}

/// <summary>A line through points.</summary>
internal sealed record Curve(string Name, string Color, Dash Dash, IReadOnlyList<Point> Points) : Series(Name, Color)
{
    /// <inheritdoc/>
    public override bool IsEmpty => Points.Count == 0;
}

/// <summary>Horizontal bars in rows.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Color">Its colour.</param>
/// <param name="Thickness">Height of a bar; rows are 1 apart.</param>
/// <param name="Outlined">Whether a bar that is too short to see gets an outline of its colour.</param>
/// <param name="Items">The bars.</param>
internal sealed record Bars(string Name, string Color, double Thickness, bool Outlined, IReadOnlyList<Bar> Items) : Series(Name, Color)
{
    /// <inheritdoc/>
    public override bool IsEmpty => Items.Count == 0;
}

/// <summary>Signs at points.</summary>
internal sealed record Marks(string Name, string Color, Sign Sign, IReadOnlyList<Point> Points) : Series(Name, Color)
{
    /// <inheritdoc/>
    public override bool IsEmpty => Points.Count == 0;
}

/// <summary>Moments: lines across the panel from top to bottom.</summary>
internal sealed record Moments(string Name, string Color, IReadOnlyList<Moment> Items) : Series(Name, Color)
{
    /// <inheritdoc/>
    public override bool IsEmpty => Items.Count == 0;
}

/// <summary>A point and what is said when the mouse is over it.</summary>
internal readonly record struct Point(double X, double Y, string Hover);

/// <summary>A horizontal bar and what is said when the mouse is over it.</summary>
internal readonly record struct Bar(double Row, double Start, double End, string Hover);

/// <summary>A moment and what is said when the mouse is over it.</summary>
internal readonly record struct Moment(double At, string Hover);

/// <summary>How a line is drawn: so that lines can be told apart without colour.</summary>
internal enum Dash
{
    Solid,
    Dashed,
    Dotted,
}

/// <summary>What a mark looks like.</summary>
internal enum Sign
{
    /// <summary>A triangle that points down: something arrives here.</summary>
    Arrival,
    /// <summary>A disc.</summary>
    Disc,
}
