namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Asks the person at the notebook for a line of text.</summary>
internal interface ICellInput
{
    /// <summary>Waits for a line; null when there will be none.</summary>
    string? ReadLine();
}
