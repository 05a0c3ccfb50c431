using System.Diagnostics;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Machines.Stock;

/// <summary>A run on the stock machine from outside: starts it, watches over it, ends it, says what it measured.</summary>
internal sealed class StockRun(Experiment experiment, ComponentCatalog components, IProgress<RunProgress>? progress)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public ExperimentResult Run(CancellationToken cancellation)
    {
        var started = DateTimeOffset.Now;
        var policy = components.Create<SchedulingPolicy>(experiment.Policy);
        var workload = new WorkloadDefinition(experiment.Seed, experiment.Duration);
        components.Create<Workload>(experiment.Workload).Define(workload);
        WorkUnit.Prepare();
        using var kernel = new StockKernel(experiment, policy);
        kernel.Start(workload);
        WatchOver(kernel, cancellation);
        var elapsed = Math.Min(kernel.Now, experiment.Duration.Ticks * 100);
        var stopped = kernel.Stop(Patience);
        cancellation.ThrowIfCancellationRequested();
        if (kernel.Failure is { } failure) throw new InvalidOperationException($"The core failed: {failure.Message}", failure);
        return ResultBuilder.Build(experiment, started, kernel.Scheduler, workload.Ports, elapsed, Notes(kernel, stopped));
    }

    private void WatchOver(StockKernel kernel, CancellationToken cancellation)
    {
        var processors = kernel.Scheduler.VirtualProcessors;
        // A look goes over all threads, of which there may be millions: four in the time that a thread may starve.
        var watch = Math.Max(1, (long)(experiment.Watchdog / (4 * Tick)));
        var seen = new (long Callback, long Since)[processors.Count];
        for (var ticks = 1L; ; ticks++)
        {
            var left = experiment.Duration - TimeSpan.FromTicks(kernel.Now / 100);
            try
            {
                if (left <= TimeSpan.Zero || kernel.WaitForEnd(left < Tick ? left : Tick, cancellation)) return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            kernel.Tick(watch: ticks % watch == 0);
            foreach (var vp in processors) CheckCallback(vp, ref seen[vp.Number]);
            if (ticks % 20 == 0) progress?.Report(new RunProgress(TimeSpan.FromTicks(kernel.Now / 100), experiment.Duration));
        }
    }

    private static void CheckCallback(VirtualProcessor vp, ref (long Callback, long Since) seen)
    {
        var callback = Volatile.Read(ref vp.CallbackSequence);
        if (vp.Callback == PolicyCallback.None || callback != seen.Callback)
        {
            seen = (callback, Stopwatch.GetTimestamp());
            return;
        }
        if (Stopwatch.GetElapsedTime(seen.Since) < Scheduler.CallbackLimit) return;
        ((Activation)vp.Activation!).Abandon(vp, callback);
        seen.Since = Stopwatch.GetTimestamp();
    }

    private IEnumerable<string> Notes(StockKernel kernel, bool stopped)
    {
        yield return "The stock kernel cannot preempt a computing thread when another unblocks: preemption waits for the thread's next safepoint (an await).";
        if (kernel.WatcherRefused is { } reason)
            yield return $"Blocking calls outside declared regions stop their virtual processor: {reason}";
        if (experiment.VirtualProcessors > Environment.ProcessorCount)
            yield return $"There are {experiment.VirtualProcessors} virtual processors on {Environment.ProcessorCount} processors: they take turns as the kernel likes.";
        if (stopped) yield break;
        foreach (var vp in kernel.Scheduler.VirtualProcessors)
            if (vp.Running is { } thread)
                yield return $"Thread {thread.Name} did not reach a safepoint within {Patience.TotalSeconds:0} s after the end of the run; it was left behind. Put an await into its loop.";
    }
}
