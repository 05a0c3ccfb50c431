namespace SchedulerActivations.Notebook;

/// <summary>The notebook that the library runs in; a host sets it once, before the first cell.</summary>
public static class NotebookHost
{
    /// <summary>The host, or null in a program of its own: nothing is shown then and nothing interrupts.</summary>
    public static INotebookHost? Current { get; set; }
}
