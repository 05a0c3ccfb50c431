namespace SchedulerActivations.Notebook;

/// <summary>A table before it is text or HTML.</summary>
/// <param name="Columns">Its columns; those of numbers stand to the right.</param>
/// <param name="Rows">Its rows, a cell for each column.</param>
internal sealed record Table(IReadOnlyList<Column> Columns, IReadOnlyList<Row> Rows)
{
    /// <summary>The table as lines of plain text.</summary>
    public IEnumerable<string> ToLines()
    {
        var widths = Columns.Select((column, i) => Rows.Select(row => row.Cells[i].Text.Length).Append(column.Title.Length).Max()).ToList();
        string Line(IEnumerable<string> cells) =>
            string.Join("  ", cells.Select((cell, i) => Columns[i].IsNumber ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd();

        yield return Line(Columns.Select(column => column.Title));
        yield return Line(widths.Select(width => new string('-', width)));
        foreach (var row in Rows) yield return Line(row.Cells.Select(cell => cell.Text));
    }
}

/// <summary>A column's head.</summary>
internal sealed record Column(string Title, bool IsNumber = false);

/// <summary>A row.</summary>
/// <param name="Cells">A cell for each column.</param>
/// <param name="StartsGroup">Whether it begins something new: a line stands above it.</param>
internal sealed record Row(IReadOnlyList<Cell> Cells, bool StartsGroup = false);

/// <summary>A cell.</summary>
/// <param name="Text">What it says.</param>
/// <param name="IsBest">Whether it is the best of those that it is compared with.</param>
/// <param name="Color">The colour that stands for it in charts.</param>
internal sealed record Cell(string Text, bool IsBest = false, string? Color = null);
