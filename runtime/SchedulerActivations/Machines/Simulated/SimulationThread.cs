using System.Diagnostics;
using System.Runtime.ExceptionServices;
using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Machines.Simulated;

/// <summary>
/// The OS thread of a simulation, watched from outside. Where user code in it does not return it is left behind: a thread
/// cannot be ended from outside.
/// </summary>
internal static class SimulationThread
{
    /// <summary>How long a user thread's own code may run in real time, while no virtual time passes.</summary>
    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(10);

    /// <summary>How long threads may go on in real time while no virtual time passes: millions of them may have to be made first.</summary>
    private static readonly TimeSpan StandstillLimit = TimeSpan.FromSeconds(60);

    /// <summary>Runs one simulation or several to their end (null), or until a callback of the policy hangs.</summary>
    /// <param name="work">The simulations.</param>
    /// <param name="current">The one that goes on.</param>
    /// <param name="cancellation">Seen by a simulation between two events.</param>
    /// <exception cref="TimeoutException">A user thread's own code does not return.</exception>
    public static PolicyHang? Run(Action work, Func<SimulatedKernel?> current, CancellationToken cancellation)
    {
        var ended = new ManualResetEventSlim();
        ExceptionDispatchInfo? failure = null;
        new Thread(() =>
        {
            try { work(); }
            catch (AbandonedActivationException) { }
            catch (Exception exception) { failure = ExceptionDispatchInfo.Capture(exception); }
            ended.Set();
        })
        { IsBackground = true, Name = "simulation" }.Start();

        var (seen, since) = ((default(SimulatedKernel), -1L), Stopwatch.GetTimestamp());
        var (time, passes) = ((default(SimulatedKernel), -1L), Stopwatch.GetTimestamp());
        while (!ended.Wait(50, CancellationToken.None))
        {
            var kernel = current();
            var steps = kernel is null ? 0 : kernel.Steps + kernel.Scheduler.VirtualProcessors.Sum(vp => Volatile.Read(ref vp.CallbackSequence));
            if ((kernel, kernel?.Now ?? 0) is var now && now != time) (time, passes) = (now, Stopwatch.GetTimestamp());
            else if (kernel is not null && Stopwatch.GetElapsedTime(passes) > StandstillLimit) throw new TimeoutException(
                $"For {StandstillLimit.TotalSeconds:0} s no virtual time has passed, although threads went on. Is there a loop that computes for no time at all, or that only yields where the kernel costs nothing? Give it some time with 'await t.Compute(…)' or Sleep.");
            if ((kernel, steps) != seen)
            {
                (seen, since) = ((kernel, steps), Stopwatch.GetTimestamp());
                continue;
            }
            var waited = Stopwatch.GetElapsedTime(since);
            if (waited < Scheduler.CallbackLimit) continue;
            // The simulation sees a cancellation between two events; user code that does not return is left behind.
            cancellation.ThrowIfCancellationRequested();
            var processors = kernel?.Scheduler.VirtualProcessors ?? [];
            var hanging = processors.FirstOrDefault(vp => vp.Callback != PolicyCallback.None);
            if (hanging is not null && Scheduler.TryAbandonCallback(hanging, hanging.CallbackSequence)) return new PolicyHang(hanging.Number, hanging.CallbackSequence);
            if (hanging is null && waited >= StepLimit) throw new TimeoutException(
                $"{(processors.Select(vp => vp.Running).FirstOrDefault(thread => thread is not null) is { } thread ? $"Thread {thread.Name}" : "A constructor, or Define,")} computed for {StepLimit.TotalSeconds:0} s in its own code while no virtual time passed. On a simulated machine time passes in 'await t.Compute(…)', Sleep and Read: put one of them into its loop.");
        }
        failure?.Throw();
        return null;
    }
}

/// <summary>A policy's callback that does not return, by its number on its virtual processor.</summary>
internal sealed record PolicyHang(int VirtualProcessor, long Callback);
