using SchedulerActivations.Worker;

// A worker serves one notebook: it is told what to run through its standard input, and ends when that closes.
using var channel = Channel.TakeOver();
await new RunService(channel).ServeAsync();
