using System.Runtime.ExceptionServices;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Stock;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Benchmarks;

/// <summary>
/// A run on the stock machine, in this process, under the default policy (round robin, with its quantum) or another one. What a body
/// measures is known when it has it, and not only when the run has ended: sleeping threads need not be awaited.
/// </summary>
internal static class CoreRun
{
    public static double Measure(Func<ThreadContext, UserTask<double>> body, int processors = 1, bool tracing = false, SchedulingPolicy? policy = null)
    {
        var measured = new TaskCompletionSource<double>(TaskCreationOptions.RunContinuationsAsynchronously);
        BodyWorkload.Body = async t => measured.TrySetResult(await body(t));
        var components = new ComponentCatalog();
        var experiment = new Experiment
        {
            Policy = components.Describe(policy ?? new RoundRobin()),
            Workload = components.Describe(new BodyWorkload()),
            Machine = new StockMachine(),
            VirtualProcessors = processors,
            Tracing = tracing,
            Duration = TimeSpan.FromMinutes(10),
            // On a loaded machine one thread of a million may wait long: that is the machine's fault and not the policy's.
            Watchdog = TimeSpan.FromMinutes(10),
        };
        var run = Task.Factory.StartNew(() => ExperimentRunner.Run(experiment, components, new RunControl(), null, CancellationToken.None), TaskCreationOptions.LongRunning);
        Task.WaitAny(measured.Task, run);
        if (measured.Task.IsCompleted) return measured.Task.Result;
        if (run.Exception is { } failure) ExceptionDispatchInfo.Throw(failure);
        throw new InvalidOperationException($"The run ended without a measurement: {string.Join("; ", run.Result.Threads.Select(thread => thread.Exception).Where(text => text is not null))} {run.Result.Ejection?.Message}");
    }

    // Public: the runtime makes it by its type.
    public sealed class BodyWorkload : Workload
    {
        public static Func<ThreadContext, UserTask>? Body;

        protected internal override void Define(WorkloadDefinition w) => w.Thread("main", Body!);
    }
}
