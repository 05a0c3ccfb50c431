using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>Answers one kind of request. "Busy" was said before and "idle" will be said after.</summary>
internal delegate Task Handler(Request request, KernelState kernel);
