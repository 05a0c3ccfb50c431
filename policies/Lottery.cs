using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies;

/// <summary>
/// Each time slice is raffled among the ready threads; a thread has as many tickets as its priority says, at least one.
/// So it gets its share of the time on average, and the longer the run, the closer (Waldspurger and Weihl, 1994).
/// One that used only a quarter of its slice has four times its tickets until it wins again: else who blocks early would lose.
/// Nobody starves, but for how long the unlucky wait is known only as a probability.
/// </summary>
/// <remarks>A thread with the share p of the tickets waits for more than n slices with probability (1 - p)ⁿ.</remarks>
[Claims(PolicyClaims.WorkConserving)]
public sealed class Lottery : SchedulingPolicy
{
    private readonly List<UserThread> _ready = [];

    /// <summary>What is raffled: how long a thread may run while others wait.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <inheritdoc/>
    protected override void OnReady(UserThread thread, ReadyReason reason) => _ready.Add(thread);

    /// <inheritdoc/>
    protected override UserThread? FindNextToRun(VirtualProcessor vp)
    {
        if (_ready.Count == 0) return null;
        var ticket = Random.NextDouble() * _ready.Sum(Tickets);
        var winner = 0;
        while (winner < _ready.Count - 1 && (ticket -= Tickets(_ready[winner])) >= 0) winner++;
        var thread = _ready[winner];
        _ready[winner] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        return thread;
    }

    /// <inheritdoc/>
    protected override TimeSpan Quantum(UserThread thread) => TimeSlice;

    /// <inheritdoc/>
    protected override void OnRan(UserThread thread, TimeSpan ran) => thread.PolicyData = TimeSlice == Timeout.InfiniteTimeSpan ? 1 : Math.Clamp(ran / TimeSlice, 0.001, 1);

    private static double Tickets(UserThread thread) => Math.Max(1, thread.Priority) / (thread.PolicyData as double? ?? 1);
}
