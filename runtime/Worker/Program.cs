using SchedulerActivations.Machines.Patched;
using SchedulerActivations.Worker;

// A worker serves one notebook: it is told what to run through its standard input or a port of its VM, and ends when that closes.
// In a VM it will run the patched machine, for which emulated processors compile for seconds: one begins while the other prepares to listen.
if (args is ["--port", _]) Warmth.Begin();
using var channel = args is ["--port", var port] ? Channel.OverPort(port) : Channel.TakeOver();
await new RunService(channel).ServeAsync();
