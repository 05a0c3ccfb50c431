using System.Diagnostics;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;
using SchedulerActivations.Upcalls;

namespace SchedulerActivations.Machines.Simulated;

/// <summary>
/// One simulated run: a discrete-event simulation in which user threads' own code takes no time and everything that a
/// kernel and a processor do takes what the cost model says. One OS thread does it all, and events at the same instant
/// happen in the order in which they were made, so the same experiment gives the same trace.
/// </summary>
internal sealed class SimulatedKernel : Kernel
{
    private readonly Experiment _experiment;
    private readonly Scheduler _scheduler;
    private readonly UpcallManager _upcalls;
    private readonly KernelTiming _timing;
    private readonly SimulatedProcessor[] _processors;
    private readonly PriorityQueue<(Action<long> Happen, long Number), (long Time, long Number)> _events = new();
    private readonly SimulatedCarrier _carrier = new();
    private readonly long _end;
    private long _now, _number;

    public SimulatedKernel(Experiment experiment, SimulatedMachine machine, SchedulingPolicy policy)
    {
        _experiment = experiment;
        _end = experiment.Duration.Ticks * 100;
        var asksPolicy = machine.Model != KernelModel.KernelThreads;
        _timing = KernelTiming.Of(machine.Model, machine.Costs);
        _scheduler = new Scheduler(this, asksPolicy ? policy : new FairKernelScheduler(), experiment);
        _upcalls = new UpcallManager(_scheduler, reports: asksPolicy);
        _processors = [.. _scheduler.VirtualProcessors.Select(vp => new SimulatedProcessor(vp))];
        WatchesPolicy = asksPolicy;
    }

    public Scheduler Scheduler => _scheduler;

    public bool WatchesPolicy { get; }

    public override long Now => _now;

    public override bool ClockIsFree => true;

    /// <summary>Counts steps of the simulation: one that does not go on hangs in user code.</summary>
    public long Steps => Volatile.Read(ref _number);

    /// <summary>Runs the threads that the workload starts with, to the end of the experiment's duration or of all activity.</summary>
    public void Run(WorkloadDefinition workload, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        var first = _processors[0];
        foreach (var (name, priority, body) in workload.Initial) first.VirtualProcessor.Posted.Enqueue(_scheduler.Create(first.VirtualProcessor, name, isNamed: true, priority, body));
        Wait(first, 0, () => Dispatch(first));
        first.Mode = ProcessorMode.Busy;
        if (WatchesPolicy) At(_experiment.Watchdog.Ticks * 25, Watch);
        var reported = Stopwatch.GetTimestamp();
        while (_events.TryDequeue(out var next, out var when))
        {
            cancellation.ThrowIfCancellationRequested();
            if (when.Time >= _end || (_scheduler.Live.Count == 0 && _now > 0)) break;
            _now = CoarseNow = when.Time;
            next.Happen(next.Number);
            if ((next.Number & 0x3FF) != 0 || progress is null || Stopwatch.GetElapsedTime(reported) < TimeSpan.FromMilliseconds(200)) continue;
            reported = Stopwatch.GetTimestamp();
            progress.Report(new RunProgress(TimeSpan.FromTicks(_now / 100), _experiment.Duration));
        }
        // Work still under way at the end counts as far as it has come.
        if (_scheduler.Live.Count > 0) _now = _end;
        foreach (var processor in _processors)
            if (processor.Mode == ProcessorMode.Computing) StopComputing(processor);
    }

    private void At(long time, Action<long> happen)
    {
        var number = ++_number;
        _events.Enqueue((happen, number), (time, number));
    }

    // The processor's next step comes after a delay; what it waited for before is overtaken.
    private void Wait(SimulatedProcessor processor, long delay, Action step)
    {
        At(_now + delay, number =>
        {
            if (processor.Awaited != number) return;
            if (processor.Stolen > 0)
            {
                var stolen = processor.Stolen;
                processor.Stolen = 0;
                Wait(processor, stolen, step);
                return;
            }
            step();
        });
        processor.Awaited = _number;
    }

    // In the core, with nothing on the way: what is reported is delivered, then the running thread goes on or another is chosen.
    private void Dispatch(SimulatedProcessor processor)
    {
        var vp = processor.VirtualProcessor;
        VirtualProcessor.Current = vp;
        processor.Mode = ProcessorMode.Busy;
        _upcalls.Deliver(vp);
        if (vp.Running is { } running && !_scheduler.LeaveAtSafepoint(vp, running))
        {
            Continue(processor, running);
            return;
        }
        if (_scheduler.FindNext(vp) is not { } thread)
        {
            _scheduler.EnterIdle(vp);
            processor.Mode = ProcessorMode.Idle;
            return;
        }
        Wait(processor, _timing.Switch(thread), () => Continue(processor, thread));
    }

    // The thread's next instruction: the rest of its computing, or its own code.
    private void Continue(SimulatedProcessor processor, UserThread thread)
    {
        if (thread is { Request: Request.Compute, RequestTime: > 0 })
        {
            Compute(processor, thread);
            return;
        }
        VirtualProcessor.Current = processor.VirtualProcessor;
        thread.Carrier = _carrier;
        Scheduler.Resume(thread);
        Serve(processor, thread);
    }

    // What the thread asks for.
    private void Serve(SimulatedProcessor processor, UserThread thread)
    {
        var vp = processor.VirtualProcessor;
        processor.Mode = ProcessorMode.Busy;
        switch (thread.Request)
        {
            case Request.Compute:
                Compute(processor, thread);
                break;
            case Request.Read when thread.RequestTime > _now + _timing.SystemCall:
                At(thread.RequestTime, _ => Interrupt(Nearest(vp), thread));
                _upcalls.BlockedInKernel(vp, thread);
                Wait(processor, _timing.Block, () => Dispatch(processor));
                break;
            case Request.Read:
                Wait(processor, Math.Max(1, _timing.SystemCall), () => Dispatch(processor));
                break;
            case Request.Sleep:
                At(thread.RequestTime, _ => Interrupt(Nearest(vp), null));
                goto default;
            case Request.Wait when thread.RequestTime != Scheduler.NoDeadline:
                At(thread.RequestTime, _ =>
                {
                    if (_scheduler.NextTimer <= _now) Interrupt(Nearest(vp), null);
                });
                goto default;
            case Request.Call:
                ((BlockingCall)thread.RequestObject!).Fail(new InvalidOperationException(
                    "A simulated machine cannot make real system calls (ThreadContext.Call): use Read, Sleep and Compute, or run on the stock machine."));
                Dispatch(processor);
                break;
            default:
                _scheduler.Commit(vp, thread);
                Wait(processor, 0, () => Dispatch(processor));
                break;
        }
    }

    private void Compute(SimulatedProcessor processor, UserThread thread)
    {
        var vp = processor.VirtualProcessor;
        if (vp.Attention || vp.PreemptRequested)
        {
            Wait(processor, 0, () => Dispatch(processor));
            return;
        }
        processor.Mode = ProcessorMode.Computing;
        processor.Since = _now;
        var slice = Math.Max(0, vp.QuantumEnd - _now);
        if (thread.RequestTime <= slice)
        {
            Wait(processor, thread.RequestTime, () =>
            {
                StopComputing(processor);
                Dispatch(processor);
            });
            return;
        }
        Wait(processor, slice, () =>
        {
            StopComputing(processor);
            _upcalls.TimerExpired(vp);
            Wait(processor, _timing.Interrupt, () => Dispatch(processor));
        });
    }

    private void StopComputing(SimulatedProcessor processor)
    {
        var thread = processor.VirtualProcessor.Running!;
        var done = Math.Min(_now - processor.Since, thread.RequestTime);
        thread.RequestTime -= done;
        thread.WorkNanoseconds += done;
        processor.Mode = ProcessorMode.Busy;
    }

    // An event arrives at a processor: for a blocked thread, or (null) for a timer of the core's.
    private void Interrupt(SimulatedProcessor processor, UserThread? unblocked)
    {
        var vp = processor.VirtualProcessor;
        if (unblocked is not null) vp.Posted.Enqueue(unblocked);
        vp.Attention = true;
        switch (processor.Mode)
        {
            case ProcessorMode.Busy:
                processor.Stolen += _timing.Interrupt;
                return;
            case ProcessorMode.Computing:
                StopComputing(processor);
                break;
        }
        processor.Mode = ProcessorMode.Busy;
        Wait(processor, _timing.Interrupt, () => Dispatch(processor));
    }

    // Events go to the processor that the thread blocked on, unless that one is at work and another idles.
    private SimulatedProcessor Nearest(VirtualProcessor vp)
    {
        var home = _processors[vp.Number];
        return home.Mode == ProcessorMode.Idle ? home : Array.Find(_processors, other => other.Mode == ProcessorMode.Idle) ?? home;
    }

    private void Watch(long number)
    {
        _scheduler.CheckStarvation(_processors[0].VirtualProcessor);
        At(_now + (_experiment.Watchdog.Ticks * 25), Watch);
    }

    public override void Notify(VirtualProcessor vp)
    {
        var processor = _processors[vp.Number];
        if (processor.Mode == ProcessorMode.Busy) vp.Attention = true;
        else Interrupt(processor, null);
    }

    public override bool Compute(UserThread thread, long nanoseconds) => false;

    public override void Post(UserThread thread) => throw new NotSupportedException("Nothing outside a simulation wakes its threads.");

    public override void CheckForeignAwait() => throw new InvalidOperationException(
        "A user thread on a simulated machine cannot await a Task: virtual time would not pass. Use Sleep, Read and Compute, or run on the stock machine.");

    // A simulated thread's code runs where the simulation does and never loses its virtual processor.
    private sealed class SimulatedCarrier : Carrier
    {
        private protected override void Reattach(UserThread thread) => throw new InvalidOperationException("A simulated thread is never detached.");
    }
}
