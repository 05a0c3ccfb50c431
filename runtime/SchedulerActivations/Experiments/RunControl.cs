using System.Collections.Concurrent;
using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Experiments;

/// <summary>What a run can be asked to do while it goes on: to take another policy. Anybody may ask; the machine looks now and then.</summary>
internal sealed class RunControl
{
    private readonly ConcurrentQueue<Succession> _asked = new();
    private readonly List<Succession> _given = [];
    private volatile bool _over;

    /// <summary>Asks for another policy; <see cref="Succession.Happened"/> says when it has taken over.</summary>
    public void Ask(Succession succession)
    {
        _asked.Enqueue(succession);
        // Partner: End, which sets it before it looks at the queue.
        if (_over) End();
    }

    /// <summary>For the machine: the next policy that shall take over.</summary>
    public bool TryTake(out Succession succession)
    {
        if (!_asked.TryDequeue(out succession!)) return false;
        lock (_given) _given.Add(succession);
        return true;
    }

    /// <summary>The run is over: who still waits for a policy to take over waits in vain.</summary>
    public void End()
    {
        _over = true;
        while (TryTake(out _)) { }
        lock (_given)
            foreach (var succession in _given) succession.IsTooLate();
    }
}
