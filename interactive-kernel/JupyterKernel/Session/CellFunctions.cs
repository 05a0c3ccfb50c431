using Microsoft.AspNetCore.Html;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>The functions that every cell can call by their plain names.</summary>
#pragma warning disable IDE1006, CA1707, CA1708 // Written in cells as in every other notebook: display(x), x.Display().
public static class CellFunctions
{
    /// <summary>Shows a value below the cell now, without waiting for the cell's end.</summary>
    /// <param name="value">What to show, through its formatter.</param>
    /// <returns>A handle that can replace what is shown.</returns>
    public static DisplayedValue display(object? value)
    {
        var shown = new DisplayedValue(Guid.NewGuid().ToString("N"));
        var bundle = MimeFormatting.ToBundle(value);
        if (CellContext.Current is { } cell)
            cell.Output.Display(cell.Charts.Complete(bundle), shown.DisplayId);
        return shown;
    }

    /// <summary>As <see cref="display"/>, behind a value: <c>x.Display()</c>.</summary>
    /// <param name="value">What to show, through its formatter.</param>
    /// <returns>A handle that can replace what is shown.</returns>
    public static DisplayedValue Display(this object? value) => display(value);

    /// <summary>Text that is shown as the HTML that it is: <c>HTML("&lt;b&gt;due&lt;/b&gt;")</c> as a cell's last expression, or displayed.</summary>
    /// <param name="content">The HTML; what it says runs in the reader's browser, so it is not for text from elsewhere.</param>
    /// <exception cref="ArgumentNullException">There is no content.</exception>
    public static IHtmlContent HTML(string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return new HtmlString(content);
    }

    /// <summary>Clears what the cell has shown so far.</summary>
    /// <param name="wait">True to keep it until the next output arrives, which avoids flicker.</param>
    public static void clear_output(bool wait = false)
    {
        if (CellContext.Current is { } cell)
            cell.Output.Clear(wait);
    }
}
