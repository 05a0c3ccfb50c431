using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Linux;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Machines.Patched;

/// <summary>
/// One run on a kernel with scheduler activations. The kernel launches an <see cref="Activation"/> for every event that it
/// has to tell; this keeps enough of them in store.
/// </summary>
/// <remarks>
/// The upcall side (everything that runs with a virtual processor's lock set) waits for nothing that a user thread may
/// hold, which can have been interrupted anywhere: it takes no lock, starts no thread, and allocates only where a policy
/// does or the trace grows.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Activations still use what it holds when the run is over.")]
internal sealed unsafe class PatchedKernel : LinuxKernel
{
    private readonly ActivationPage* _pages;
    private readonly ConcurrentDictionary<int, Activation> _activations = new();
    private readonly ActivationSupply _supply;
    private readonly long[] _timers;
    private readonly int[] _left;
    private readonly ReactivityStages? _stages;

    public PatchedKernel(Experiment experiment, SchedulingPolicy policy) : base(experiment, policy)
    {
        _pages = ActivationCalls.Initialize(experiment.VirtualProcessors);
        // The kernel's clock costs as much as the rest of an upcall: it is read where a trace is wanted.
        if (experiment.Tracing) _stages = new ReactivityStages();
        for (var i = 0; i < experiment.VirtualProcessors; i++) _pages[i].Flags = ActivationPage.UpcallOnBlock | (experiment.Tracing ? ActivationPage.Times : 0);
        _supply = new ActivationSupply(this);
        _timers = new long[experiment.VirtualProcessors];
        Array.Fill(_timers, long.MaxValue);
        _left = new int[experiment.VirtualProcessors];
    }

    public override bool InterruptsThreads => true;

    public override TimeSpan WatchInterval { get; } = TimeSpan.FromMilliseconds(50);

    public override IEnumerable<string> Notes
    {
        get
        {
            var unreported = Sum(page => page.Unreported);
            if (unreported > Sum(page => page.Blocks) / 20)
                yield return $"{unreported} blocks stopped their virtual processor, because they came while the policy ran or no activation was left.";
        }
    }

    /// <summary>What the kernel has counted, for <see cref="ExperimentResult.Counters"/>.</summary>
    public override IEnumerable<(string Name, long Count)> Counts =>
    [
        ("kernel blocks", Sum(page => page.Blocks)),
        ("kernel blocks not reported", Sum(page => page.Unreported)),
        ("kernel unblocks", Sum(page => page.Unblocks)),
        ("kernel upcalls", Sum(page => page.Switched)),
        ("kernel direct hand-overs", Sum(page => page.DirectHandOvers)),
        ("kernel unmanaged", Sum(page => page.Unmanaged)),
        ("activations", _activations.Count),
    ];

    public override IReadOnlyList<ReactivityStage> Stages => _stages?.All ?? [];

    public ActivationSupply Supply => _supply;

    public ActivationPage* PageOf(int vp) => _pages + vp;

    /// <summary>The activation with the kernel's id; null for one that has not registered yet.</summary>
    public Activation? Find(int id) => _activations.GetValueOrDefault(id);

    public void Register(int id, Activation activation) => _activations[id] = activation;

    protected override void Prepare(WorkloadDefinition workload)
    {
        Warmth.Prepare(Scheduler.Policy.GetType(), workload.Initial.Select(thread => thread.Body));
        SchedulingClass.SetOthersIdle();
        _supply.Prepare(workload.Initial.Count);
        _ = Find(0);
    }

    protected override void StartProcessors() => _supply.Open();

    protected override void WakeAll() => _supply.Close();

    /// <summary>Says that the virtual processor was let go of; more than once does not count.</summary>
    public void Left(int vp)
    {
        if (Interlocked.Exchange(ref _left[vp], 1) == 0) Left();
    }

    /// <summary>Has the virtual processor interrupted at the next sleep's end or the end of the running thread's quantum, or sooner.</summary>
    /// <remarks>REQUIRES: called by the activation that carries it.</remarks>
    public void ArmTimer(VirtualProcessor vp)
    {
        var due = Math.Min(Scheduler.NextTimer, vp.Running is null ? long.MaxValue : vp.QuantumEnd);
        // One that expires too soon is armed again then: that is less than a system call for each thread that is picked.
        if (_timers[vp.Number] <= due) return;
        _timers[vp.Number] = due;
        if (ActivationCalls.Timer(Math.Max(1, due - Now)) < 0) _timers[vp.Number] = long.MaxValue;
    }

    /// <summary>The timer has expired: it is armed no more.</summary>
    public void TimerExpired(VirtualProcessor vp)
    {
        _timers[vp.Number] = long.MaxValue;
        // The core looks at the clock now and then only; here the kernel has done so.
        vp.LookedAt = Now;
        vp.QuantumIsDue = vp.LookedAt >= vp.QuantumEnd;
    }

    public override void Notify(VirtualProcessor vp)
    {
        vp.Attention = true;
        _ = ActivationCalls.Request(vp.Number);
    }

    public override void Abandon(VirtualProcessor vp, long callback)
    {
        if (!Scheduler.TryAbandonCallback(vp, callback)) return;
        vp.HangingCallback = true;
        // No thread takes what is in the core.
        PageOf(vp.Number)->Direct = ActivationPage.DirectOff;
        Volatile.Write(ref PageOf(vp.Number)->Lock, 0);
        _ = ActivationCalls.Request(vp.Number);
    }

    public override void Dispose()
    {
        SchedulingClass.SetOthersNormal();
        base.Dispose();
    }

    public override void Handled(UserThread thread, long due, long now)
    {
        if (thread.Carrier is Activation carrier) _stages?.Record(due + Origin, carrier.WokenAt, carrier.ToldAt, now + Origin);
    }

    private long Sum(Func<ActivationPage, long> count)
    {
        var sum = 0L;
        for (var i = 0; i < Scheduler.VirtualProcessors.Count; i++) sum += count(_pages[i]);
        return sum;
    }
}
