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
    private readonly SimulatedCarrier _carrier;
    private readonly SimulatedEvents _events;

    // Null where kernel threads stand for themselves.
    private readonly SimulatedActivations? _activations;
    private readonly Choices? _choices;
    private readonly long _end;
    private long _now, _number;

    // The last event's number when a thread last got on with its work.
    private long _worked;

    // When the watchdog last looked, in a run whose order is chosen.
    private long _watched;

    /// <summary>Prepares a run.</summary>
    /// <param name="experiment">What to run.</param>
    /// <param name="machine">The kernel model and its costs.</param>
    /// <param name="policy">Schedules the threads.</param>
    /// <param name="choices">Decides where a kernel could go on in several ways; null for the order of the times.</param>
    public SimulatedKernel(Experiment experiment, SimulatedMachine machine, SchedulingPolicy policy, Choices? choices = null)
    {
        _experiment = experiment;
        _choices = choices;
        _end = Nanoseconds.Of(experiment.Duration);
        _events = new SimulatedEvents(choices, _end);
        var asksPolicy = machine.AsksPolicy;
        _timing = KernelTiming.Of(machine.Model, machine.Costs);
        _scheduler = new Scheduler(this, asksPolicy ? policy : new FairKernelScheduler(), experiment);
        _carrier = new SimulatedCarrier(_scheduler);
        _upcalls = new UpcallManager(_scheduler, reports: asksPolicy);
        _processors = [.. _scheduler.VirtualProcessors.Select(vp => new SimulatedProcessor(vp))];
        WatchesPolicy = asksPolicy;
        if (asksPolicy) _activations = new SimulatedActivations(_scheduler, areRestarted: machine.Model == KernelModel.ExtendedActivations);
    }

    public Scheduler Scheduler => _scheduler;

    public bool WatchesPolicy { get; }

    public override long Now => _now;

    public override bool IsSimulated => true;

    public override bool InterruptsThreads => true;

    /// <summary>Counts steps of the simulation: one that does not go on hangs in user code.</summary>
    public long Steps => Volatile.Read(ref _number);

    /// <summary>Whether the run ended because nothing could happen any more.</summary>
    public bool Exhausted { get; private set; }

    /// <summary>Called between two events.</summary>
    public Action? Poll { get; set; }

    /// <summary>Has another policy take over at a time of the run.</summary>
    public void TakeOverAt(long time, Succession succession) => At(time, () =>
    {
        _scheduler.Await(succession);
        Interrupt(_processors[0], null);
    });

    /// <summary>Runs the threads that the workload starts with, to the end of the experiment's duration or of all activity.</summary>
    public void Run(WorkloadDefinition workload, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        var first = _processors[0];
        foreach (var (name, priority, body) in workload.Initial) first.VirtualProcessor.Posted.Enqueue(_scheduler.Add(new FunctionThread(body), first.VirtualProcessor, name, isNamed: true, priority));
        Wait(first, 0, () => Dispatch(first));
        first.Mode = ProcessorMode.Busy;
        // In a run whose order is chosen the watchdog looks between two events: it is none that others could go before.
        if (WatchesPolicy && _choices is null) At(_experiment.Watchdog.Ticks * 25, Watch);
        var reported = Stopwatch.GetTimestamp();
        while (true)
        {
            Exhausted = !_events.TryTake(_now, out var next);
            if (Exhausted) break;
            cancellation.ThrowIfCancellationRequested();
            if (next.Time >= _end || _scheduler.Live.Count == 0 || (_choices is not null && _number - _worked > Choices.StepLimit)) break;
            _now = Math.Max(_now, next.Time);
            // How long a policy lets threads wait is not measured by time that it had no part in.
            CoarseNow = _now - _events.Skipped;
            next.Happen();
            Poll?.Invoke();
            if (_choices is not null) WatchBetween();
            if ((next.Number & 0x3FF) != 0 || progress is null || Stopwatch.GetElapsedTime(reported) < TimeSpan.FromMilliseconds(200)) continue;
            reported = Stopwatch.GetTimestamp();
            progress.Report(new RunProgress(TimeSpan.FromTicks(_now / 100), _experiment.Duration));
        }
        // Work still under way at the end counts as far as it has come.
        if (_scheduler.Live.Count > 0 && _choices is null) _now = _end;
        foreach (var processor in _processors)
            if (processor.Mode == ProcessorMode.Computing) StopComputing(processor);
    }

    private void At(long time, Action happen, UserThread? unblocks = null) => _events.Add(new SimulatedEvent(time, ++_number, happen, null, unblocks));

    // The processor's next step comes after a delay; what it waited for before is overtaken.
    private void Wait(SimulatedProcessor processor, long delay, Action step)
    {
        processor.Awaited = ++_number;
        _events.Add(new SimulatedEvent(_now + delay, _number, () =>
        {
            if (processor.Stolen > 0)
            {
                var stolen = processor.Stolen;
                processor.Stolen = 0;
                Wait(processor, stolen, step);
                return;
            }
            step();
        }, processor, null));
    }

    // In the core, with nothing on the way: what is reported is delivered, then the running thread goes on or another is chosen.
    private void Dispatch(SimulatedProcessor processor)
    {
        var vp = processor.VirtualProcessor;
        processor.Mode = ProcessorMode.Busy;
        processor.UpcallIsDue = false;
        _activations?.ReportUnblocked(vp);
        _upcalls.Deliver(vp);
        if (vp.Running is { } running && !_scheduler.LeaveAtSafepoint(vp, running))
        {
            Continue(processor, running);
            return;
        }
        var found = _scheduler.FindNext(vp);
        _choices?.Picked?.Invoke(vp, found);
        if (found is not { } thread)
        {
            _scheduler.EnterIdle(vp);
            processor.Mode = ProcessorMode.Idle;
            return;
        }
        if (_activations?.Restart(vp, thread) == true) _upcalls.Restarted(vp);
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
        if (_choices?.Choose(2) == 1)
        {
            // Its next operation is a safepoint even where it could go on at once: between it and the one after it others have their turn.
            _choices.Explain(_now, $"{thread.Name} stops after its next operation");
            processor.VirtualProcessor.Attention = true;
        }
        _carrier.Run(thread);
        // On a real machine others may be in the core between a thread's last word and the serving of its request.
        if (_choices is null) Serve(processor, thread);
        else Wait(processor, 0, () => Serve(processor, thread));
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
                At(thread.RequestTime, () => Interrupt(Nearest(vp), thread), thread);
                _activations?.Block(vp, thread);
                _upcalls.BlockedInKernel(vp, thread);
                Wait(processor, _timing.Block, () => Dispatch(processor));
                break;
            case Request.Read:
                Wait(processor, Math.Max(1, _timing.SystemCall), () => Dispatch(processor));
                break;
            case Request.Sleep:
            case Request.Wait when thread.RequestTime != Scheduler.NoDeadline:
                // It may have been cancelled by then, or have got what it waits for.
                At(thread.RequestTime, () =>
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
        if (vp.WantsCore)
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
        if (done > 0) _worked = _number;
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
                processor.Stolen += processor.UpcallIsDue ? _timing.Another : _timing.Interrupt;
                processor.UpcallIsDue = true;
                return;
            case ProcessorMode.Computing:
                StopComputing(processor);
                break;
        }
        processor.Mode = ProcessorMode.Busy;
        processor.UpcallIsDue = true;
        Wait(processor, _timing.Interrupt, () => Dispatch(processor));
    }

    // Events go to the processor that the thread blocked on, unless that one is at work and another idles.
    private SimulatedProcessor Nearest(VirtualProcessor vp)
    {
        var home = _processors[vp.Number];
        var nearest = home.Mode == ProcessorMode.Idle ? home : Array.Find(_processors, other => other.Mode == ProcessorMode.Idle) ?? home;
        if (_choices?.Choose(_processors.Length) is not (> 0 and var further)) return nearest;
        var chosen = _processors[(nearest.VirtualProcessor.Number + further) % _processors.Length];
        _choices.Explain(_now, $"it is {chosen.VirtualProcessor} that hears of it and not {nearest.VirtualProcessor}");
        return chosen;
    }

    private void Watch()
    {
        CheckStarvation();
        At(_now + (_experiment.Watchdog.Ticks * 25), Watch);
    }

    private void WatchBetween()
    {
        if (_now - _watched < _experiment.Watchdog.Ticks * 25) return;
        _watched = _now;
        CheckStarvation();
    }

    private void CheckStarvation()
    {
        var vp = _processors[0].VirtualProcessor;
        // The others have been notified, as if this one were in the core: it may compute for long.
        if (_scheduler.CheckStarvation(vp)) Notify(vp);
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
    private sealed class SimulatedCarrier(Scheduler scheduler) : Carrier(scheduler)
    {
        public void Run(UserThread thread)
        {
            thread.Carrier = this;
            TakeThread();
            Running = thread;
            Scheduler.Resume(thread);
            Running = null;
        }

        private protected override void Reattach(UserThread thread) => throw new InvalidOperationException("A simulated thread is never detached.");
    }
}
