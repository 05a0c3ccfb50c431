using SchedulerActivations.Notebook;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>How a cell ended.</summary>
internal abstract record CellOutcome
{
    private CellOutcome() { }

    /// <summary>The cell ran to its end; <paramref name="Result"/> is its last expression's value, if it ends with one.</summary>
    internal sealed record Succeeded(MimeBundle? Result) : CellOutcome;

    /// <summary>The cell did not compile, threw, or was interrupted.</summary>
    internal sealed record Failed(CellError Error) : CellOutcome;
}
