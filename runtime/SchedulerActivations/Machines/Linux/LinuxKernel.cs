using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;
using SchedulerActivations.Upcalls;

namespace SchedulerActivations.Machines.Linux;

/// <summary>
/// One run on a Linux kernel: virtual processors are carried by OS threads, and time is the computer's. What the patched
/// and the unpatched kernel have in common as seen by the core.
/// </summary>
[SuppressMessage("Usage", "CA2213", Justification = "Activations that come back late still use the events.")]
internal abstract class LinuxKernel : Kernel, IDisposable
{
    private readonly CountdownEvent _carrying;
    private readonly ManualResetEventSlim _ending = new();
    private int _watchDue;
    private volatile bool _over;

    protected LinuxKernel(Experiment experiment, SchedulingPolicy policy)
    {
        Scheduler = new Scheduler(this, policy, experiment);
        Upcalls = new UpcallManager(Scheduler);
        _carrying = new CountdownEvent(experiment.VirtualProcessors);
    }

    public Scheduler Scheduler { get; }

    public UpcallManager Upcalls { get; }

    /// <summary>What the machine could not do in this run, in sentences for the reader of the result.</summary>
    public abstract IEnumerable<string> Notes { get; }

    /// <summary>What the kernel itself has counted.</summary>
    public virtual IEnumerable<(string Name, long Count)> Counts => [];

    /// <summary>Where the time from an event to its handler went, for <see cref="ExperimentResult.Stages"/>.</summary>
    public virtual IReadOnlyList<ReactivityStage> Stages => [];

    /// <summary>How often the run is looked after from outside. A look may delay what is measured.</summary>
    public abstract TimeSpan WatchInterval { get; }

    /// <summary>The start of the run on CLOCK_MONOTONIC, in nanoseconds: what <see cref="Stopwatch"/> reads on Linux.</summary>
    public long Origin { get; private set; }

    /// <summary>Whether the run is over and activations shall let go of their virtual processors.</summary>
    public bool Over => _over;

    /// <summary>What went wrong in the core itself.</summary>
    public Exception? Failure { get; private set; }

    public override long Now => MonotonicClock.Now - Origin;

    public override long UnfencedNow => MonotonicClock.UnfencedNow - Origin;

    public override bool IsSimulated => false;

    public void Start(WorkloadDefinition workload)
    {
        var first = Scheduler.VirtualProcessors[0];
        foreach (var (name, priority, body) in workload.Initial) first.Post(Scheduler.Add(new FunctionThread(body), first, name, isNamed: true, priority));
        Prepare(workload);
        Origin = MonotonicClock.Now;
        StartProcessors();
    }

    /// <summary>What can be done before the clock runs.</summary>
    protected virtual void Prepare(WorkloadDefinition workload) { }

    /// <summary>Gives every virtual processor an activation.</summary>
    protected abstract void StartProcessors();

    /// <summary>Wakes every activation that idles or is a spare, to see that the run is over.</summary>
    protected abstract void WakeAll();

    /// <summary>The policy's callback on the virtual processor does not return: another activation carries it on, and the OS thread is left to itself.</summary>
    public abstract void Abandon(VirtualProcessor vp, long callback);

    /// <summary>Waits so long, or until the run has ended by itself (true).</summary>
    public bool WaitForEnd(TimeSpan time, CancellationToken cancellation) => _ending.Wait(time, cancellation);

    /// <summary>Nothing will happen any more, or something failed.</summary>
    public void End() => _ending.Set();

    public void Fail(Exception exception)
    {
        Failure ??= exception;
        End();
    }

    /// <summary>Starts the OS thread of an activation.</summary>
    /// <exception cref="InvalidOperationException">There can be no more of them.</exception>
    public static void StartThread(ThreadStart main, int number)
    {
        try
        {
            new Thread(main, maxStackSize: 1 << 20) { IsBackground = true, Name = $"activation {number}" }.Start();
        }
        catch (OutOfMemoryException refused)
        {
            // .NET says only this, whatever was missing.
            throw new InvalidOperationException($"No thread can be made for activation {number}: memory has run out, or a limit is reached (ulimit -u for threads, ulimit -n for open files).", refused);
        }
    }

    /// <summary>Ends the run: waits until every virtual processor has been let go of, for so long at most (else false).</summary>
    public bool Stop(TimeSpan patience)
    {
        _over = true;
        foreach (var vp in Scheduler.VirtualProcessors) Notify(vp);
        WakeAll();
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

    /// <summary>Has another policy take over, on the first virtual processor that reaches the core.</summary>
    public void TakeOver(Succession succession)
    {
        Scheduler.Await(succession);
        foreach (var vp in Scheduler.VirtualProcessors) Notify(vp);
    }

    /// <summary>Whether it is time to look for starving threads; true once each time.</summary>
    public bool WatchIsDue() => Volatile.Read(ref _watchDue) != 0 && Interlocked.Exchange(ref _watchDue, 0) != 0;

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
        // Partner: whoever idles by now and has looked at what lies at others before.
        Interlocked.MemoryBarrier();
        if (!target.Idle && Scheduler.VirtualProcessors.FirstOrDefault(vp => vp.Idle) is { } idle) Notify(idle);
    }

    /// <summary>Ends what watches the run. Activations that are still blocked end when they come back.</summary>
    public virtual void Dispose() { }
}
