using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Machines.Simulated;

/// <summary>
/// Which activation carries which virtual processor, and in which ones threads are blocked: figures 1 (original model)
/// and 3 (extended model) of the paper. What an activation costs is <see cref="KernelTiming"/>'s; here it gets its number in the trace.
/// </summary>
internal sealed class SimulatedActivations(Scheduler scheduler, bool areRestarted)
{
    private readonly int[] _carrying = new int[scheduler.VirtualProcessors.Count];
    private readonly Dictionary<UserThread, int> _blocked = [];
    private readonly Stack<int> _discarded = new();
    private int _made;

    /// <summary>The thread blocks, and its activation with it: another one carries the virtual processor.</summary>
    public void Block(VirtualProcessor vp, UserThread thread)
    {
        if (_carrying[vp.Number] == 0) Carry(vp, Make());
        _blocked[thread] = _carrying[vp.Number];
        Carry(vp, areRestarted && _discarded.TryPop(out var spare) ? spare : Make());
    }

    /// <summary>
    /// The upcall that reports unblocked threads. In the original model a new activation makes it and brings the states
    /// of those threads and of the one that it interrupts: their activations are discarded. In the extended model it is made on the
    /// activation that is there, and the threads stay inside theirs.
    /// </summary>
    public void ReportUnblocked(VirtualProcessor vp)
    {
        if (areRestarted || vp.Posted.IsEmpty) return;
        var reports = false;
        foreach (var thread in vp.Posted) reports |= _blocked.Remove(thread);
        if (reports) Carry(vp, Make());
    }

    /// <summary>The policy has picked a thread; true when it is still inside the kernel and its activation carries the virtual processor on.</summary>
    public bool Restart(VirtualProcessor vp, UserThread thread)
    {
        if (_carrying[vp.Number] == 0) Carry(vp, Make());
        if (!_blocked.Remove(thread, out var activation)) return false;
        _discarded.Push(_carrying[vp.Number]);
        Carry(vp, activation);
        return true;
    }

    private int Make()
    {
        scheduler.Counters.UpcallsNew++;
        return ++_made;
    }

    private void Carry(VirtualProcessor vp, int activation)
    {
        _carrying[vp.Number] = activation;
        scheduler.Trace?.Add(scheduler.Kernel.Now, vp.Number, activation, TraceEventKind.Carried);
    }
}
