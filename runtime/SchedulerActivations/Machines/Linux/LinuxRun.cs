using System.Diagnostics;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Network;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Machines.Linux;

/// <summary>A run on a Linux kernel from outside: starts it, watches over it, ends it, says what it measured.</summary>
internal sealed class LinuxRun(Experiment experiment, ComponentCatalog components, RunControl control, IProgress<RunProgress>? progress, Func<SchedulingPolicy, LinuxKernel> make)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public ExperimentResult Run(CancellationToken cancellation)
    {
        var started = DateTimeOffset.Now;
        var policy = components.Create<SchedulingPolicy>(experiment.Policy);
        var workload = new WorkloadDefinition(experiment.Seed, experiment.Duration);
        components.Create<Workload>(experiment.Workload).Define(workload);
        var planned = new Queue<(long Time, Succession Succession)>(components.CreateSwaps(experiment));
        WorkUnit.Prepare();
        using var network = LoopbackNetwork.Open(workload, experiment);
        using var kernel = make(policy);
        kernel.Start(workload);
        network?.Start(kernel.Origin);
        WatchOver(kernel, planned, cancellation);
        var elapsed = Math.Min(kernel.Now, Nanoseconds.Of(experiment.Duration));
        network?.Stop();
        var stopped = kernel.Stop(Patience);
        // What was done after the end, too, as threads came to their next safepoint.
        var worked = stopped ? kernel.Now : elapsed;
        cancellation.ThrowIfCancellationRequested();
        if (kernel.Failure is { } failure) throw new InvalidOperationException($"The core failed: {failure.Message}", failure);
        return ResultBuilder.Build(experiment, started, kernel.Scheduler, workload, elapsed, worked, [.. Notes(kernel, stopped), .. network?.Notes() ?? []], kernel.Counts, kernel.Stages);
    }

    private void WatchOver(LinuxKernel kernel, Queue<(long Time, Succession Succession)> planned, CancellationToken cancellation)
    {
        var processors = kernel.Scheduler.VirtualProcessors;
        // A look goes over all threads, of which there may be millions: four in the time that a thread may starve.
        var watch = Math.Max(1, (long)(experiment.Watchdog / (4 * kernel.WatchInterval)));
        var seen = new (long Callback, long Since)[processors.Count];
        for (var ticks = 1L; ; ticks++)
        {
            var left = experiment.Duration - TimeSpan.FromTicks(kernel.Now / 100);
            try
            {
                if (left <= TimeSpan.Zero || kernel.WaitForEnd(left < kernel.WatchInterval ? left : kernel.WatchInterval, cancellation)) return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            kernel.Tick(watch: ticks % watch == 0);
            while (planned.TryPeek(out var next) && next.Time <= kernel.Now) kernel.TakeOver(planned.Dequeue().Succession);
            while (control.TryTake(out var asked)) kernel.TakeOver(asked);
            foreach (var vp in processors) CheckCallback(kernel, vp, ref seen[vp.Number]);
            if (ticks % 20 == 0) progress?.Report(new RunProgress(TimeSpan.FromTicks(kernel.Now / 100), experiment.Duration));
        }
    }

    private static void CheckCallback(LinuxKernel kernel, VirtualProcessor vp, ref (long Callback, long Since) seen)
    {
        var callback = Volatile.Read(ref vp.CallbackSequence);
        // The core's own policies cannot hang: where a callback of theirs takes long, the computer is busy.
        if (kernel.Scheduler.Policy is CorePolicy || vp.Callback == PolicyCallback.None || callback != seen.Callback)
        {
            seen = (callback, Stopwatch.GetTimestamp());
            return;
        }
        if (Stopwatch.GetElapsedTime(seen.Since) < Scheduler.CallbackLimit) return;
        kernel.Abandon(vp, callback);
        seen.Since = Stopwatch.GetTimestamp();
    }

    private IEnumerable<string> Notes(LinuxKernel kernel, bool stopped)
    {
        foreach (var note in kernel.Notes) yield return note;
        if (experiment.VirtualProcessors > Environment.ProcessorCount)
            yield return $"There are {experiment.VirtualProcessors} virtual processors on {Environment.ProcessorCount} processors: they take turns as the kernel likes.";
        if (stopped) yield break;
        foreach (var vp in kernel.Scheduler.VirtualProcessors)
            if (vp.Callback is not PolicyCallback.None and var callback)
                // The run was too short for the watchdog.
                yield return $"{kernel.Scheduler.Policy.GetType().Name} had not returned from {callback} {Patience.TotalSeconds:0} s after the end of the run; it was left behind. A callback must not loop for long, block or wait.";
            else if (vp.Running is { } thread)
                yield return $"Thread {thread.Name} did not reach a safepoint within {Patience.TotalSeconds:0} s after the end of the run; it was left behind. Put an await into its loop.";
    }
}
