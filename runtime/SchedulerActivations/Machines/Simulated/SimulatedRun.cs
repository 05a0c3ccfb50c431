using System.Diagnostics;
using System.Runtime;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Machines.Simulated;

/// <summary>
/// Runs a simulation in the notebook's own process although the policy may hang: a callback that does not return is
/// aborted, and, since a simulation is deterministic, the run is made once more with the policy ejected at that very
/// callback.
/// </summary>
internal sealed class SimulatedRun(Experiment experiment, SimulatedMachine machine, ComponentCatalog components, IProgress<RunProgress>? progress)
{
    /// <summary>How long a user thread's own code may run in real time, while no virtual time passes.</summary>
    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(10);

    private sealed record Hang(int VirtualProcessor, long Callback, (string? Cell, int? Line) At);

    public ExperimentResult Run(CancellationToken cancellation)
    {
        var started = DateTimeOffset.Now;
        Hang? hang = null;
        while (true)
        {
            var policy = components.Create<SchedulingPolicy>(experiment.Policy);
            var workload = new WorkloadDefinition(experiment.Seed, experiment.Duration);
            components.Create<Workload>(experiment.Workload).Define(workload);
            var kernel = new SimulatedKernel(experiment, machine, policy);
            if (hang is not null)
            {
                kernel.Scheduler.VirtualProcessors[hang.VirtualProcessor].HangsAt = hang.Callback;
                kernel.Scheduler.AbortedAt = hang.At;
            }
            if (RunGuarded(kernel, workload, cancellation))
                return ResultBuilder.Build(experiment, started, kernel.Scheduler, workload.Ports, kernel.Now, Notes());
            hang = WhereItHung(kernel.Scheduler, hang);
        }
    }

    // Runs to the end (true), or until user code has hung (false).
    private bool RunGuarded(SimulatedKernel kernel, WorkloadDefinition workload, CancellationToken cancellation)
    {
        using var abort = new CancellationTokenSource();
        using var ended = new ManualResetEventSlim();
        var finished = false;
        var watch = new Thread(() => Watch(kernel, abort, ended, cancellation)) { IsBackground = true, Name = "simulation watchdog" };
        watch.Start();
        try
        {
#pragma warning disable SYSLIB0046 // Obsolete because it can corrupt the process's state; what is aborted here is thrown away whole.
            ControlledExecution.Run(() =>
            {
                kernel.Run(workload, progress, cancellation);
                finished = true;
            }, abort.Token);
#pragma warning restore SYSLIB0046
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested || cancellation.IsCancellationRequested)
        {
        }
        finally
        {
            VirtualProcessor.Current = null;
            ended.Set();
            watch.Join();
        }
        cancellation.ThrowIfCancellationRequested();
        return finished;
    }

    private static void Watch(SimulatedKernel kernel, CancellationTokenSource abort, ManualResetEventSlim ended, CancellationToken cancellation)
    {
        var scheduler = kernel.Scheduler;
        var (seen, since) = (-1L, Stopwatch.GetTimestamp());
        while (!ended.IsSet)
        {
            try
            {
                if (ended.Wait(50, cancellation)) return;
            }
            catch (OperationCanceledException)
            {
                // The simulation sees the cancellation between two events. Only user code that does not return is aborted:
                // an abort can, rarely, bring the process down.
                if (!ended.Wait(Scheduler.CallbackLimit, CancellationToken.None)) abort.Cancel();
                return;
            }
            var progress = kernel.Steps + scheduler.VirtualProcessors.Sum(vp => Volatile.Read(ref vp.CallbackSequence));
            if (progress != seen)
            {
                (seen, since) = (progress, Stopwatch.GetTimestamp());
                continue;
            }
            var inCallback = scheduler.VirtualProcessors.Any(vp => vp.Callback != PolicyCallback.None);
            if (Stopwatch.GetElapsedTime(since) < (inCallback ? Scheduler.CallbackLimit : StepLimit)) continue;
            abort.Cancel();
            return;
        }
    }

    private static Hang WhereItHung(Scheduler scheduler, Hang? before)
    {
        var vp = scheduler.VirtualProcessors.FirstOrDefault(vp => vp.Callback != PolicyCallback.None);
        if (vp is not null && before is null) return new Hang(vp.Number, vp.CallbackSequence, scheduler.AbortedAt);
        var thread = scheduler.VirtualProcessors.Select(each => each.Running?.Name).FirstOrDefault(name => name is not null);
        throw new TimeoutException(
            $"Thread {thread} computed for {StepLimit.TotalSeconds:0} s in its own code while no virtual time passed. On a simulated machine time passes in 'await t.Compute(…)', Sleep and Read: put one of them into its loop.");
    }

    private IEnumerable<string> Notes()
    {
        if (machine.Model == KernelModel.KernelThreads) yield return "The kernel-threads model schedules by itself; the policy was not asked.";
    }
}
