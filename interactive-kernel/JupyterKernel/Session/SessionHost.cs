using SchedulerActivations.Notebook;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>What the notebook library asks of the session: it shows the progress of runs, and stops them with their cell.</summary>
internal sealed class SessionHost : INotebookHost
{
    public CancellationToken Interruption => CellContext.Current?.Interruption ?? CancellationToken.None;

    public Action<MimeBundle> Display(MimeBundle content)
    {
        var shown = CellFunctions.display(content);
        return update => shown.Update(update);
    }
}
