using System.Collections.Concurrent;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.CoreThreads;

// Another policy for a run that goes on.
internal sealed partial class Scheduler
{
    private readonly ConcurrentQueue<Succession> _awaited = new();
    private readonly List<Succession> _successions = [];
    private Ejection? _firstEjection;

    /// <summary>The policies that have taken over, in order.</summary>
    public IReadOnlyList<Succession> Successions => _successions;

    /// <summary>Why the policy was ejected with which the run began.</summary>
    public Ejection? FirstEjection => _successions.Count == 0 ? Ejection : _firstEjection;

    /// <summary>Whether a policy shall take over.</summary>
    public bool AwaitsSuccessor => !_awaited.IsEmpty;

    /// <summary>Has a policy take over when a virtual processor next looks; may be called on any OS thread. The machine sees to it that one looks.</summary>
    public void Await(Succession succession) => _awaited.Enqueue(succession);

    /// <summary>Lets those take over that shall.</summary>
    public void TakeSuccessors(VirtualProcessor vp)
    {
        while (_awaited.TryDequeue(out var next)) TakeOver(vp, next);
    }

    // The new policy is told of every thread as if it had just been created, and of the ready ones in the order in which
    // they became ready. Running threads come to it when they reach a safepoint, as preempted: so it has picked every
    // thread that runs. All that it needs in order to be ejected is done before its first callback.
    private void TakeOver(VirtualProcessor vp, Succession next)
    {
        AwaitCallbacks(vp);
        var now = Kernel.Now;
        var ready = _live.Where(thread => thread.State == UserThreadState.Ready).OrderBy(thread => thread.ReadySince).ThenBy(thread => thread.Id).ToList();
        // How long they waited for the other policy is no fault of this one's.
        for (var i = 0; i < ready.Count; i++) ready[i].ReadySince = now + i;
        var known = _live.Where(thread => thread.State != UserThreadState.New).OrderBy(thread => thread.Id).ToList();
        foreach (var thread in known) thread.PolicyData = null;

        if (_successions.Count == 0) _firstEjection = Ejection;
        else _successions[^1].Ejection = Ejection;
        Ejection = null;
        Attach(next.Policy);
        _successions.Add(next);
        Trace?.Add(now, vp.Number, 0, TraceEventKind.PolicySwapped, (byte)Math.Min(_successions.Count, byte.MaxValue));
        foreach (var each in VirtualProcessors)
        {
            each.AskedAt = -1;
            each.QuantumEnd = long.MaxValue;
            each.PickedAt = now;
            each.PreemptRequested = each.Running is not null;
            if (each != vp) Kernel.Notify(each);
        }
        next.TakesOver(TimeSpan.FromTicks(now / 100));

        // A policy that breaks its contract here is ejected at once, and round robin has all that are ready. Nobody else calls it
        // before it has heard of all: they would ask it too early, and not again.
        var overlaps = _overlaps;
        _overlaps = false;
        for (var i = 0; i < known.Count && Ejection is null; i++) Call(vp, new OnCreated(known[i]));
        for (var i = 0; i < ready.Count && Ejection is null; i++) Call(vp, new OnReady(ready[i], ready[i].ReadyReason));
        if (Ejection is null) _overlaps = overlaps;
        // Nobody's turn goes on.
        foreach (var each in VirtualProcessors) each.KeepsTurn = false;
    }
}
