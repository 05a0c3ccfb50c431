using System.Diagnostics;
using System.Runtime.ExceptionServices;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Machines.Simulated;

/// <summary>
/// Runs a simulation whose policy may hang: its thread is then left behind in the callback (a thread cannot be ended from
/// outside: aborting one brought the process down in every second try) and, since a simulation is deterministic, the run
/// is made once more with the policy ejected at that very callback.
/// </summary>
internal sealed class SimulatedRun(Experiment experiment, SimulatedMachine machine, ComponentCatalog components, RunControl control, IProgress<RunProgress>? progress)
{
    /// <summary>How long a user thread's own code may run in real time, while no virtual time passes.</summary>
    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(10);

    private sealed record Hang(int VirtualProcessor, long Callback);

    public ExperimentResult Run(CancellationToken cancellation)
    {
        var started = DateTimeOffset.Now;
        Hang? hang = null;
        // What was asked for while the run went on is part of it when it is made once more.
        var asked = new List<PolicySwap>();
        while (true)
        {
            var policy = components.Create<SchedulingPolicy>(experiment.Policy);
            var workload = new WorkloadDefinition(experiment.Seed, experiment.Duration);
            components.Create<Workload>(experiment.Workload).Define(workload);
            var kernel = new SimulatedKernel(experiment, machine, policy, machine.Schedule is { } schedule ? new ReplayedChoices(schedule) : null);
            foreach (var (time, succession) in components.CreateSwaps(experiment with { Swaps = [.. experiment.Swaps, .. asked] })) kernel.TakeOverAt(time, succession);
            kernel.Poll = () => { while (control.TryTake(out var next)) { kernel.TakeOverAt(kernel.Now, next); asked.Add(new PolicySwap(TimeSpan.FromTicks(kernel.Now / 100), next.Component)); } };
            if (hang is not null) kernel.Scheduler.VirtualProcessors[hang.VirtualProcessor].HangsAt = hang.Callback;
            hang = RunWatched(kernel, workload, cancellation);
            if (hang is null) return ResultBuilder.Build(experiment, started, kernel.Scheduler, workload, kernel.Now, Notes());
        }
    }

    // Runs to the end (null), or until a callback of the policy hangs.
    private Hang? RunWatched(SimulatedKernel kernel, WorkloadDefinition workload, CancellationToken cancellation)
    {
        var ended = new ManualResetEventSlim();
        ExceptionDispatchInfo? failure = null;
        new Thread(() =>
        {
            try { kernel.Run(workload, progress, cancellation); }
            catch (AbandonedActivationException) { }
            catch (Exception exception) { failure = ExceptionDispatchInfo.Capture(exception); }
            ended.Set();
        })
        { IsBackground = true, Name = "simulation" }.Start();

        var scheduler = kernel.Scheduler;
        var (seen, since) = (-1L, Stopwatch.GetTimestamp());
        while (!ended.Wait(50, CancellationToken.None))
        {
            var steps = kernel.Steps + scheduler.VirtualProcessors.Sum(vp => Volatile.Read(ref vp.CallbackSequence));
            if (steps != seen)
            {
                (seen, since) = (steps, Stopwatch.GetTimestamp());
                continue;
            }
            var hanging = scheduler.VirtualProcessors.FirstOrDefault(vp => vp.Callback != PolicyCallback.None);
            var waited = Stopwatch.GetElapsedTime(since);
            if (waited < Scheduler.CallbackLimit) continue;
            // The simulation sees a cancellation between two events; user code that does not return is left behind.
            cancellation.ThrowIfCancellationRequested();
            if (hanging is not null && Scheduler.TryAbandonCallback(hanging, hanging.CallbackSequence)) return new Hang(hanging.Number, hanging.CallbackSequence);
            if (hanging is null && waited >= StepLimit) throw new TimeoutException(
                $"Thread {scheduler.VirtualProcessors.Select(vp => vp.Running?.Name).FirstOrDefault(name => name is not null)} computed for {StepLimit.TotalSeconds:0} s in its own code while no virtual time passed. On a simulated machine time passes in 'await t.Compute(…)', Sleep and Read: put one of them into its loop.");
        }
        failure?.Throw();
        return null;
    }

    private IEnumerable<string> Notes()
    {
        if (machine.Model == KernelModel.KernelThreads) yield return "The kernel-threads model schedules by itself; the policy was not asked.";
    }
}
