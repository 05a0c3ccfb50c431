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
    public ExperimentResult Run(CancellationToken cancellation)
    {
        var started = DateTimeOffset.Now;
        // A policy that takes over may hang as well.
        var hangs = new List<PolicyHang>();
        // What was asked for while the run went on is part of it when it is made once more.
        var asked = new List<PolicySwap>();
        while (true)
        {
            var policy = components.Create<SchedulingPolicy>(experiment.Policy);
            var workload = new WorkloadDefinition(experiment.Seed, experiment.Duration);
            components.Create<Workload>(experiment.Workload).Define(workload);
            var kernel = new SimulatedKernel(experiment, machine, policy, machine.Schedule is { } schedule ? new ReplayedChoices(schedule) : null);
            foreach (var (time, succession) in components.CreateSwaps(experiment with { Swaps = [.. experiment.Swaps, .. asked] })) kernel.TakeOverAt(time, succession);
            kernel.Poll = () => TakeAsked(kernel, asked);
            foreach (var (vp, callback) in hangs) (kernel.Scheduler.VirtualProcessors[vp].HangsAt ??= []).Add(callback);
            if (SimulationThread.Run(() => kernel.Run(workload, progress, cancellation), () => kernel, cancellation) is { } hang) hangs.Add(hang);
            else return ResultBuilder.Build(experiment, started, kernel.Scheduler, workload, kernel.Now, kernel.Now, Notes());
        }
    }

    private void TakeAsked(SimulatedKernel kernel, List<PolicySwap> asked)
    {
        while (control.TryTake(out var next))
        {
            kernel.TakeOverAt(kernel.Now, next);
            asked.Add(new PolicySwap(TimeSpan.FromTicks(kernel.Now / 100), next.Component));
        }
    }

    private IEnumerable<string> Notes()
    {
        if (machine.Model == KernelModel.KernelThreads) yield return "The kernel-threads model schedules by itself; the policy was not asked.";
    }
}
