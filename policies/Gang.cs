using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies;

/// <summary>
/// Threads of a group run together: for a time slice all virtual processors belong to one gang, then to the next (Ousterhout, 1982).
/// So threads that wait for each other all the time find each other running. A gang is what has the same name up to its number.
/// Virtual processors that the gang cannot use run threads of other gangs, and give them back when it can.
/// Gangs take turns, and so do the threads of one: nobody starves.
/// </summary>
[Claims(PolicyClaims.WorkConserving)]
public sealed class Gang : SchedulingPolicy
{
    private readonly List<ThreadQueue> _gangs = [];
    private readonly Dictionary<string, ThreadQueue> _byName = [];
    private int _turn;
    private TimeSpan _turnEnds;

    /// <summary>How long a gang has the virtual processors while others wait.</summary>
    public TimeSpan TimeSlice { get; set; } = TimeSpan.FromMilliseconds(4);

    /// <inheritdoc/>
    protected override void OnReady(UserThread thread, ReadyReason reason) => Of(thread).Enqueue(thread);

    /// <inheritdoc/>
    protected override UserThread? FindNextToRun(VirtualProcessor vp)
    {
        if (Now >= _turnEnds)
        {
            // Gangs that have nothing ready are passed over.
            for (var tries = 0; tries < _gangs.Count; tries++)
            {
                _turn = (_turn + 1) % _gangs.Count;
                if (_gangs[_turn].Count > 0) break;
            }
            _turnEnds = Now + TimeSlice;
        }
        for (var i = 0; i < _gangs.Count; i++)
            if (_gangs[(_turn + i) % _gangs.Count].Dequeue() is { } thread) return thread;
        return null;
    }

    /// <inheritdoc/>
    protected override bool ShouldPreempt(VirtualProcessor vp, UserThread running, UserThread candidate) =>
        Of(candidate) == _gangs[_turn] && Of(running) != _gangs[_turn];

    /// <inheritdoc/>
    protected override TimeSpan Quantum(UserThread thread) => _turnEnds > Now ? _turnEnds - Now : TimeSlice;

    /// <inheritdoc/>
    protected override void OnCreated(UserThread thread)
    {
        var name = thread.Name.TrimEnd("0123456789".ToCharArray());
        if (!_byName.TryGetValue(name, out var gang)) _gangs.Add(_byName[name] = gang = new ThreadQueue());
        thread.PolicyData = gang;
    }

    private static ThreadQueue Of(UserThread thread) => (ThreadQueue)thread.PolicyData!;
}
