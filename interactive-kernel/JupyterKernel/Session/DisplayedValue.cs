namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Something shown below a cell, which can be replaced in place.</summary>
public sealed class DisplayedValue
{
    internal DisplayedValue(string displayId) => DisplayId = displayId;

    /// <summary>The identifier by which front ends find it.</summary>
    public string DisplayId { get; }

    /// <summary>Shows another value in its place, also from a later cell.</summary>
    /// <param name="value">What to show instead.</param>
    public void Update(object? value)
    {
        var bundle = MimeFormatting.ToBundle(value);
        if (CellContext.Current is { } cell)
            cell.Output.UpdateDisplay(bundle, DisplayId);
    }
}
