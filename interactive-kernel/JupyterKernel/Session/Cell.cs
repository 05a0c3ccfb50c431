namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>What is executed: a source text and the name that errors call it by.</summary>
internal sealed record Cell(string Name, string Source)
{
    /// <summary>The name of the cell with execution number <paramref name="number"/>: what stands beside it in a notebook.</summary>
    public static string NameOf(int number) => $"Cell [{number}]";

    /// <summary>The name of what a front end runs without giving it a number: the <paramref name="count"/>th of its kind.</summary>
    /// <remarks>Each has its own: what one has defined may be called, and fail, long after.</remarks>
    public static string NameOfUnnumbered(int count) => $"Unnumbered cell {count}";
}
