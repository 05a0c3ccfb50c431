namespace SchedulerActivations.Notebook;

/// <summary>What the library asks of the notebook it runs in: places to show something, and the user's interrupt.</summary>
public interface INotebookHost
{
    /// <summary>Shows something below the running cell, now.</summary>
    /// <returns>What replaces it in place.</returns>
    Action<MimeBundle> Display(MimeBundle content);

    /// <summary>Cancelled when the user interrupts the running cell.</summary>
    CancellationToken Interruption { get; }
}
