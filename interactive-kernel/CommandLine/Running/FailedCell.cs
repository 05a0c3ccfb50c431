using SchedulerActivations.CommandLine.Notebooks;
using SchedulerActivations.JupyterKernel.Session;

namespace SchedulerActivations.CommandLine.Running;

/// <summary>The cell at which a run stopped.</summary>
internal sealed record FailedCell(NotebookCell Cell, int Number, CellError Error);
