using SchedulerActivations.Worker;

// A worker serves one notebook: it is told what to run through its standard input or a port of its VM, and ends when that closes.
using var channel = args is ["--port", var port, "--slot", var slot] ? await Channel.OverPortAsync(port, isThere => Rehearsal.PrepareAsync(slot, isThere)) : Channel.TakeOver();
await new RunService(channel.Input, channel.Output).ServeAsync();
