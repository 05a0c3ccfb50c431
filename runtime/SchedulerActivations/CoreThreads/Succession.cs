using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

/// <summary>A policy that takes a run over from another one, and what became of it.</summary>
internal sealed class Succession(Component component, SchedulingPolicy policy)
{
    private readonly TaskCompletionSource<TimeSpan> _happened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Component Component => component;

    public SchedulingPolicy Policy => policy;

    /// <summary>Why the policy was ejected in its turn.</summary>
    public Ejection? Ejection { get; set; }

    /// <summary>When the policy took over, on the machine's clock; fails when the run ends before.</summary>
    public Task<TimeSpan> Happened => _happened.Task;

    public void TakesOver(TimeSpan time) => _happened.TrySetResult(time);

    public void IsTooLate() => _happened.TrySetException(new InvalidOperationException($"{component.Name} could not take over: the run has ended."));
}
