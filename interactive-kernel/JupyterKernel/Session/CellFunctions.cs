namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>The functions that every cell can call by their plain names.</summary>
public static class CellFunctions
{
    /// <summary>Shows a value below the cell now, without waiting for the cell's end.</summary>
    /// <param name="value">What to show, through its formatter.</param>
    /// <returns>A handle that can replace what is shown.</returns>
#pragma warning disable IDE1006, CA1707 // Written in cells as in every other notebook: display(x).
    public static DisplayedValue display(object? value)
    {
        var shown = new DisplayedValue(Guid.NewGuid().ToString("N"));
        var bundle = MimeFormatting.ToBundle(value);
        if (CellContext.Current is { } cell)
            cell.Output.Display(bundle, shown.DisplayId);
        return shown;
    }

    /// <summary>Clears what the cell has shown so far.</summary>
    /// <param name="wait">True to keep it until the next output arrives, which avoids flicker.</param>
    public static void clear_output(bool wait = false)
    {
        if (CellContext.Current is { } cell)
            cell.Output.Clear(wait);
    }
#pragma warning restore IDE1006, CA1707
}
