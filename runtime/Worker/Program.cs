using SchedulerActivations.Worker;

// A worker serves one notebook: it is told what to run through its standard input or a port of its VM, and ends when that closes.
if (args is ["--port", _]) await Rehearsal.PrepareAsync();
using var channel = args is ["--port", var port] ? Channel.OverPort(port) : Channel.TakeOver();
await new RunService(channel.Input, channel.Output).ServeAsync();
