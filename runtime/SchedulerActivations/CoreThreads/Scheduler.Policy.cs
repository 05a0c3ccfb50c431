using System.Reflection;
using System.Runtime.CompilerServices;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// The policy: holding it to its contract, ejecting it.
internal sealed partial class Scheduler
{
    private readonly bool _isSimulated, _interruptsThreads;
    private SchedulingPolicy _policy = null!;

    // Nothing stops a thread between two safepoints: its virtual processor looks at nothing for as long as the thread likes.
    private bool RunsToSafepoints => !_isSimulated && !_interruptsThreads;

    // The policy, where it is one of the core's own.
    private CorePolicy? _own;

    // What the policy overrides: a callback that it does not costs nothing.
    private bool _preempts, _slices, _charges, _hearsOfCreation, _hearsOfBlocking, _hearsOfEnd;

    // 1 where time matters always: a number, to be asked for together with the counts of those for whom it matters (NeedsClock).
    private int _alwaysLooks;

    // Whether every pass reads the clock, so that times are exact.
    private bool _timed;

    public SchedulingPolicy Policy => _policy;

    /// <summary>Set when the policy broke its contract.</summary>
    public Ejection? Ejection { get; private set; }

    private void Attach(SchedulingPolicy policy)
    {
        policy.Scheduler = this;
        _policy = policy;
        _first = new ThreadQueue(ofCore: true);
        foreach (var thread in _live)
        {
            thread.GoesFirst = false;
            ThreadQueue.Forget(thread);
        }
        _own = policy as CorePolicy;
        var type = policy.GetType();
        _preempts = Overrides(nameof(SchedulingPolicy.ShouldPreempt));
        _slices = Overrides(nameof(SchedulingPolicy.Quantum));
        _charges = Overrides(nameof(SchedulingPolicy.OnRan));
        _alwaysLooks = _isSimulated || (_slices && _charges) ? 1 : 0;
        _hearsOfCreation = Overrides(nameof(SchedulingPolicy.OnCreated));
        _hearsOfBlocking = Overrides(nameof(SchedulingPolicy.OnBlocked));
        _hearsOfEnd = Overrides(nameof(SchedulingPolicy.OnFinished));
        _isTold = policy.Locking == PolicyLocking.OnePerVirtualProcessor;
        _overlaps = _isTold && _processors.Length > 1 && !_isSimulated;
        IsPlain = _processors.Length == 1 && !_charges && !_isTold && RunsToSafepoints;
        DirectQueue = IsPlain && Trace is null ? _own?.Queue : null;
        foreach (var vp in _processors) (vp.HandsOff, vp.KeepsTurn) = (policy is HandOff && DirectQueue is not null, false);
        _timed = _charges || (_slices && (_interruptsThreads || Trace is not null));

        bool Overrides(string member) =>
            type.GetMethod(member, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)?.DeclaringType != typeof(SchedulingPolicy);
    }

    /// <summary>
    /// Takes the policy out of the run: round robin gets every ready thread. Always true, for callers that go on then.
    /// </summary>
    public bool Eject(VirtualProcessor vp, PolicyRule rule, PolicyCallback callback, string message, Exception? exception = null)
    {
        if (Ejection is not null) throw new InvalidOperationException($"Round robin itself broke a rule of the contract ({message}): a fault of the core.", exception);
        AwaitCallbacks(vp);
        Ejection = new Ejection(rule, callback, message, Kernel.Now, _policy.GetType(), exception);
        Trace?.Add(Kernel.Now, vp.Number, 0, TraceEventKind.PolicyEjected, (byte)rule);
        Attach(new RoundRobin());
        var ready = _live.Where(thread => thread.State == UserThreadState.Ready).OrderBy(thread => thread.ReadySince).ThenBy(thread => thread.Id).ToList();
        // One that yielded plainly has not been counted yet.
        _ready = ready.Count;
        foreach (var thread in ready) _policy.OnReady(thread, thread.ReadyReason);
        foreach (var each in _processors)
        {
            each.AskedAt = -1;
            each.QuantumEnd = each.Running is null ? long.MaxValue : Kernel.Now;
            if (each != vp) Kernel.Notify(each);
        }
        return true;
    }

    /// <summary>The watchdog's look at who waits. True when the policy has been ejected for it.</summary>
    public bool CheckStarvation(VirtualProcessor vp)
    {
        if (Ejection is not null || _ready == 0) return false;
        var bound = Nanoseconds.Of(Experiment.Watchdog);
        var now = Kernel.CoarseNow;
        foreach (var thread in _live)
        {
            if (thread.State != UserThreadState.Ready || now - thread.ReadySince <= bound) continue;
            return Eject(vp, PolicyRule.StarvesNoThread, PolicyCallback.FindNextToRun,
                $"Thread {thread.Name} has been ready for {(now - thread.ReadySince) / 1_000_000} ms and has not been run since; the watchdog's bound is {Experiment.Watchdog.TotalMilliseconds:0} ms. Let every ready thread have its turn, or raise Experiment.Watchdog.");
        }
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EjectThrower(VirtualProcessor vp, PolicyCallback callback, Exception exception)
    {
        if (exception is PolicyHangException) EjectHanging(vp, callback);
        else Eject(vp, PolicyRule.DoesNotThrow, callback, $"{callback} threw {exception.GetType().Name}: {exception.Message}", exception);
    }

    /// <summary>As <see cref="EjectHanging"/>, where the OS thread is left behind in the callback: nobody comes back to where it was made.</summary>
    public void EjectAbandoned(VirtualProcessor vp)
    {
        EjectHanging(vp, vp.Callback);
        vp.Callback = PolicyCallback.None;
        if (vp.Creating is not { } created) return;
        vp.Creating = null;
        if (created.State != UserThreadState.New) return;
        Record(vp, created, TraceEventKind.Ready, (byte)ReadyReason.Created);
        BecomeReady(vp, created, ReadyReason.Created);
    }

    /// <summary>
    /// Ejects the policy because its running callback does not return. What the core would have done after the callback
    /// is made up for.
    /// </summary>
    private void EjectHanging(VirtualProcessor vp, PolicyCallback callback)
    {
        // The policy may have been replaced while it was given up on here.
        if (vp.Called is null || vp.Called == _policy)
            Eject(vp, PolicyRule.Returns, callback,
                $"{callback} had not returned after {CallbackLimit.TotalSeconds:0.#} s. A callback decides from what the policy already knows: it must not loop for long, block or wait.");
        vp.Called = null;
        foreach (var thread in _live.Where(thread => thread.State == UserThreadState.Blocked).ToList())
        {
            if (thread.WakePending) Unblock(vp, thread, ReadyReason.Unblocked);
            else if (thread is { BlockReason: BlockReason.Synchronization, RequestObject: UserThread { State: UserThreadState.Finished } ended })
            {
                ((IWaitable)ended).RemoveWaiter(vp, thread);
                Unblock(vp, thread, ReadyReason.Signaled);
            }
        }
    }
}
