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
/// processor, with <see cref="Lock"/> held. Policy code runs in the core only, never on a user thread's stack, so a
/// policy that hangs can be left behind with nothing lost.
/// </remarks>
internal sealed partial class Scheduler
{
    /// <summary>How many threads of a run its result lists: the first ones. Of the others those that still live, and those that failed.</summary>
    public const int MaxListed = 10_000;

    private readonly VirtualProcessor[] _processors;
    private readonly ThreadTable _live = new();
    private readonly List<UserThread> _listed = [];
    private int _created;
    private long _finishedWork;
    private int _ready;
    private long _readyEpoch;
    private int _idle;

    // Threads blocked for something that does not come from another user thread.
    private int _outside;

    public Scheduler(Kernel kernel, SchedulingPolicy policy, Experiment experiment)
    {
        Kernel = kernel;
        _isSimulated = kernel.IsSimulated;
        _interruptsThreads = kernel.InterruptsThreads;
        Experiment = experiment;
        Random = Seeded.Random(experiment.Seed);
        _processors = [.. Enumerable.Range(0, experiment.VirtualProcessors).Select(number => new VirtualProcessor(this, number) { Idle = true })];
        _idle = _processors.Length;
        Lock = new CoreLock(shared: _processors.Length > 1);
        Trace = experiment.Tracing ? new TraceRecorder() : null;
        Attach(policy);
    }

    public Kernel Kernel { get; }

    public Experiment Experiment { get; }

    public Random Random { get; }

    public IReadOnlyList<VirtualProcessor> VirtualProcessors => _processors;

    /// <summary>The one lock for all virtual processors.</summary>
    public CoreLock Lock { get; }

    public TraceRecorder? Trace { get; }

    public Counters Counters { get; } = new();

    /// <summary>Threads that have not finished.</summary>
    public ThreadTable Live => _live;

    /// <summary>Number of threads that there have been.</summary>
    public int Created => _created;

    /// <summary>The threads that a result lists, by id (<see cref="MaxListed"/>).</summary>
    public IEnumerable<UserThread> Listed => _listed.Concat(_live.Where(thread => thread.Id > MaxListed)).OrderBy(thread => thread.Id);

    /// <summary>Compute work that all threads have done together, in nanoseconds.</summary>
    public long Work => _finishedWork + _live.Sum(thread => thread.WorkNanoseconds);

    /// <summary>Whether nothing will ever happen again: no thread is ready, and those that wait do so for each other.</summary>
    public bool Ended => _ready == 0 && _idle == _processors.Length && _outside == 0 && Array.TrueForAll(_processors, vp => vp.Posted.IsEmpty && vp.Creating is null);
}
