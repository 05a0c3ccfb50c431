using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Linux;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Machines.Stock;

/// <summary>
/// One run on this computer's own kernel. Virtual processors are carried by OS threads (<see cref="Activation"/>); what
/// an upcall would say is learnt from the runtime's own calls and from the kernel's context-switch records
/// (<see cref="BlockingWatcher"/>).
/// </summary>
[SuppressMessage("Usage", "CA2213", Justification = "Disposed of by Dispose.")]
internal sealed class StockKernel : LinuxKernel
{
    private readonly Stack<Activation> _spares = new();
    private readonly BlockingWatcher? _watcher;
    private readonly string? _watcherRefused;
    private readonly ConcurrentQueue<string> _unwatched = new();
    private int _activations;

    public StockKernel(Experiment experiment, SchedulingPolicy policy) : base(experiment, policy)
    {
        using var probe = SwitchRecorder.TryOpen(LinuxCalls.ThreadId(), out _watcherRefused);
        if (probe is not null) _watcher = new BlockingWatcher((watched, block) => ((Activation)watched.Owner).TakeOver(block));
    }

    public override TimeSpan WatchInterval { get; } = TimeSpan.FromMilliseconds(10);

    public override IEnumerable<string> Notes
    {
        get
        {
            yield return "The stock kernel cannot preempt a computing thread when another unblocks: preemption waits for the thread's next safepoint (an await).";
            if (_watcher is null) yield return $"Blocking calls outside declared regions stop their virtual processor: {_watcherRefused}";
            if (_unwatched.TryPeek(out var reason))
                yield return $"Of {_activations} activations {_unwatched.Count} could not be watched; blocking calls outside declared regions stopped the virtual processors that they carried: {reason}";
        }
    }

    public override bool InterruptsThreads => false;

    protected override void StartProcessors()
    {
        foreach (var vp in Scheduler.VirtualProcessors) TakeSpare().Give(vp);
    }

    protected override void WakeAll()
    {
        // Nobody finds them any more: whoever still has to hand a virtual processor on makes an activation for it.
        lock (_spares)
            while (_spares.TryPop(out var spare)) spare.Dismiss();
    }

    public override void Abandon(VirtualProcessor vp, long callback) => ((Activation)vp.Activation!).Abandon(vp, callback);

    public WatchedActivation? Watch(Activation activation)
    {
        if (_watcher is null) return null;
        if (SwitchRecorder.TryOpen(LinuxCalls.ThreadId(), out var reason) is { } recorder) return _watcher.Watch(recorder, activation);
        // The probe was let in and this one is not: locked memory or descriptors have run out, say.
        _unwatched.Enqueue(reason ?? "the kernel gave no reason.");
        return null;
    }

    /// <summary>An activation to carry a virtual processor: there is always one more.</summary>
    public Activation TakeSpare()
    {
        lock (_spares)
        {
            if (_spares.TryPop(out var spare)) return spare;
            Scheduler.Counters.UpcallsNew++;
            return new Activation(this, ++_activations);
        }
    }

    public void AddSpare(Activation activation)
    {
        lock (_spares)
        {
            // Partner: Stop, which ends the run first and dismisses the spares then.
            if (Over) activation.Dismiss();
            else _spares.Push(activation);
        }
    }

    public override void Notify(VirtualProcessor vp)
    {
        vp.Attention = true;
        // Partner: Activation.Idle, which idles first and looks at Attention then.
        Interlocked.MemoryBarrier();
        if (vp.Idle) ((Activation?)vp.Activation)?.Wake();
    }

    public override void Dispose()
    {
        _watcher?.Dispose();
        base.Dispose();
    }
}
