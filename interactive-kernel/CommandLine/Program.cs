using System.CommandLine;
using SchedulerActivations.CommandLine;

// The commands see to Ctrl-C themselves: it stops a run cleanly, and in a Jupyter kernel it interrupts a cell and not the kernel.
var exitCode = await LabCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

// Threads that cells have left behind must not keep the process.
Environment.Exit(exitCode);
