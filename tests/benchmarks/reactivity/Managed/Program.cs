using SchedulerActivations.Benchmarks;
using SchedulerActivations.Machines.Linux;

// --variant stock, patched: our user threads on that machine; short-way: on the patched one, without a policy between event and handler; patched-stages,
// short-way-stages: the same, and where the time goes; thread-pool: .NET's own. Started by c/launch.c.
if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine("usage: reactivity-peers --variant stock|patched|short-way|patched-stages|short-way-stages|thread-pool --source timerfd|pipe|tcp --computing N --processors P [--events E] [--interval MICROSECONDS] [--seed S] [--chunk MILLISECONDS]");
    return 2;
}
WorkUnit.Prepare();
if (options.Variant == "thread-pool") await ThreadPoolTasks.RunAsync(options);
else UserThreads.Run(options);
return 1;
