namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>What is executed: a source text and the name that errors call it by.</summary>
internal sealed record Cell(string Name, string Source)
{
    /// <summary>The name of the cell with execution number <paramref name="number"/>: what stands beside it in a notebook.</summary>
    public static string NameOf(int number) => $"Cell [{number}]";
}
