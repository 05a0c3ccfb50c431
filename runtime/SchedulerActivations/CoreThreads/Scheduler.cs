using SchedulerActivations.Experiments;
using SchedulerActivations.Machines;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

/// <summary>
/// The core thread system (section 3.2 of the paper): it multiplexes the user threads of one run onto its virtual
/// processors. It keeps the threads' states and asks the policy what comes next; a machine drives it, calling
/// <see cref="FindNext"/>, <see cref="Resume"/> and <see cref="Commit"/> in turn for each virtual processor:
/// <code>
///   while (the run lasts)
///   {
///       upcalls.Deliver(vp);                       // what the kernel reported since
///       var thread = scheduler.FindNext(vp);       // the policy decides
///       scheduler.Resume(thread);                  // user code, until it wants something or reaches a safepoint
///       scheduler.Commit(vp, thread);              // its state changes; only now may another processor run it
///   }
/// </code>
/// </summary>
/// <remarks>
/// REQUIRES: all members but <see cref="Resume"/> are called "in the core": by the activation that carries the virtual
/// processor, with <see cref="Lock"/> held when there are several. Policy code runs in the core only, never on a user
/// thread's stack, so a policy that hangs can be left behind with nothing lost.
/// </remarks>
internal sealed partial class Scheduler
{
    private readonly List<UserThread> _live = [];
    private readonly List<UserThread> _all = [];
    private int _ready;
    private long _readyEpoch;
    private int _idle;

    // Threads blocked for something that does not come from another user thread.
    private int _outside;

    public Scheduler(Kernel kernel, SchedulingPolicy policy, Experiment experiment)
    {
        Kernel = kernel;
        Experiment = experiment;
        Random = new Random((int)(experiment.Seed ^ (experiment.Seed >> 32)));
        VirtualProcessors = [.. Enumerable.Range(0, experiment.VirtualProcessors).Select(number => new VirtualProcessor(this, number))];
        _idle = VirtualProcessors.Count;
        foreach (var vp in VirtualProcessors) vp.Idle = true;
        Trace = experiment.Tracing ? new TraceRecorder() : null;
        Attach(policy);
    }

    public Kernel Kernel { get; }

    public Experiment Experiment { get; }

    public Random Random { get; }

    public IReadOnlyList<VirtualProcessor> VirtualProcessors { get; }

    /// <summary>The one lock for all virtual processors; not taken when there is one.</summary>
    public CoreLock Lock { get; } = new();

    public bool TakesLock => VirtualProcessors.Count > 1;

    public TraceRecorder? Trace { get; }

    public Counters Counters { get; } = new();

    /// <summary>Threads that have not finished.</summary>
    public IReadOnlyList<UserThread> Live => _live;

    /// <summary>Every thread of the run, by id. Kept for runs whose threads are few enough to be listed in a result.</summary>
    public IReadOnlyList<UserThread> All => _all;

    /// <summary>Whether nothing will ever happen again: no thread is ready, and those that wait do so for each other.</summary>
    public bool Ended => _ready == 0 && _idle == VirtualProcessors.Count && _outside == 0 && VirtualProcessors.All(vp => vp.Posted.IsEmpty);
}
