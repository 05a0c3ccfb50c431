using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;
using SchedulerActivations.Upcalls;

namespace SchedulerActivations.Machines.Stock;

/// <summary>
/// One run on this computer's own kernel. Virtual processors are carried by OS threads (<see cref="Activation"/>); what
/// an upcall would say is learnt from the runtime's own calls and from the kernel's context-switch records
/// (<see cref="BlockingWatcher"/>).
/// </summary>
[SuppressMessage("Usage", "CA2213", Justification = "Activations that come back late still use the events.")]
internal sealed class StockKernel : Kernel, IDisposable
{
    private readonly Stack<Activation> _spares = new();
    private readonly CountdownEvent _carrying;
    private readonly ManualResetEventSlim _ending = new();
    private readonly BlockingWatcher? _watcher;
    private int _activations;
    private int _watchDue;
    private volatile bool _over;

    public StockKernel(Experiment experiment, SchedulingPolicy policy)
    {
        Scheduler = new Scheduler(this, policy, experiment);
        Upcalls = new UpcallManager(Scheduler);
        _carrying = new CountdownEvent(experiment.VirtualProcessors);
        using (var probe = SwitchRecorder.TryOpen(LinuxCalls.ThreadId(), out var reason))
        {
            if (probe is not null) _watcher = new BlockingWatcher((watched, block) => ((Activation)watched.Cookie).TakeOver(block));
            else WatcherRefused = reason;
        }
    }

    public Scheduler Scheduler { get; }

    public UpcallManager Upcalls { get; }

    /// <summary>Why undeclared blocking calls are not noticed; null when they are.</summary>
    public string? WatcherRefused { get; }

    /// <summary>The start of the run on CLOCK_MONOTONIC, in nanoseconds: what <see cref="Stopwatch"/> reads on Linux.</summary>
    public long Origin { get; private set; }

    /// <summary>Whether the run is over and activations shall let go of their virtual processors.</summary>
    public bool Over => _over;

    /// <summary>What went wrong in the core itself.</summary>
    public Exception? Failure { get; private set; }

    public override long Now => Stopwatch.GetTimestamp() - Origin;

    public override bool ClockIsFree => false;

    public void Start(WorkloadDefinition workload)
    {
        var first = Scheduler.VirtualProcessors[0];
        foreach (var (name, priority, body) in workload.Initial) first.Posted.Enqueue(Scheduler.Create(first, name, isNamed: true, priority, body));
        Origin = Stopwatch.GetTimestamp();
        first.Attention = true;
        foreach (var vp in Scheduler.VirtualProcessors) TakeSpare().Give(vp);
    }

    /// <summary>Waits so long, or until the run has ended by itself (true).</summary>
    public bool WaitForEnd(TimeSpan time, CancellationToken cancellation) => _ending.Wait(time, cancellation);

    /// <summary>Nothing will happen any more, or something failed.</summary>
    public void End() => _ending.Set();

    public void Fail(Exception exception)
    {
        Failure ??= exception;
        End();
    }

    /// <summary>Ends the run: waits until every virtual processor has been let go of, for so long at most (else false).</summary>
    public bool Stop(TimeSpan patience)
    {
        _over = true;
        foreach (var vp in Scheduler.VirtualProcessors) Notify(vp);
        lock (_spares)
            foreach (var spare in _spares) spare.Wake();
        return _carrying.Wait(patience);
    }

    /// <summary>An activation has let go of its virtual processor because the run is over.</summary>
    public void Left() => _carrying.Signal();

    /// <summary>The watchdog's tick: the coarse clock goes on, every virtual processor looks at the exact one soon, and starving threads are looked for now and then.</summary>
    public void Tick(bool watch)
    {
        CoarseNow = Now;
        // The owner counts this down at the same time: where the write is lost, the next tick's is not.
        foreach (var vp in Scheduler.VirtualProcessors) vp.SafepointsToLook = 0;
        if (!watch) return;
        Volatile.Write(ref _watchDue, 1);
        Notify(Scheduler.VirtualProcessors[0]);
    }

    /// <summary>Whether it is time to look for starving threads; true once each time.</summary>
    public bool WatchIsDue() => Volatile.Read(ref _watchDue) != 0 && Interlocked.Exchange(ref _watchDue, 0) != 0;

    public WatchedActivation? Watch(Activation activation) =>
        _watcher is not null && SwitchRecorder.TryOpen(LinuxCalls.ThreadId(), out _) is { } recorder ? _watcher.Watch(recorder, activation) : null;

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
        lock (_spares) _spares.Push(activation);
    }

    public override bool Compute(UserThread thread, long nanoseconds)
    {
        var carrier = thread.Carrier!;
        carrier.Enter(thread);
        Scheduler.BeginComputing(thread.VirtualProcessor);
        carrier.Leave();
        WorkUnit.Do(nanoseconds);
        thread.WorkNanoseconds += nanoseconds;
        return true;
    }

    public override void CheckForeignAwait() { }

    public override void Post(UserThread thread)
    {
        var home = thread.VirtualProcessor;
        var target = home.Idle ? home : Scheduler.VirtualProcessors.FirstOrDefault(vp => vp.Idle) ?? home;
        target.Posted.Enqueue(thread);
        Notify(target);
    }

    public override void Notify(VirtualProcessor vp)
    {
        vp.Attention = true;
        // Partner: Activation.Idle, which idles first and looks at Attention then.
        Interlocked.MemoryBarrier();
        if (vp.Idle) ((Activation?)vp.Activation)?.Wake();
    }

    /// <summary>Ends the watching. Activations that are still blocked end when they come back.</summary>
    public void Dispose() => _watcher?.Dispose();
}
