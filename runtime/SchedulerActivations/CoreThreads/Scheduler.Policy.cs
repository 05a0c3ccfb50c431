using System.Reflection;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// The policy: calling it, holding it to its contract, ejecting it.
internal sealed partial class Scheduler
{
    private SchedulingPolicy _policy = null!;

    // Which callbacks the policy overrides: those that it does not cost nothing.
    private bool _preempts, _slices, _charges, _timed;

    public SchedulingPolicy Policy => _policy;

    /// <summary>How long a callback may take, in real time.</summary>
    public static readonly TimeSpan CallbackLimit = TimeSpan.FromSeconds(1);

    /// <summary>Set when the policy broke its contract.</summary>
    public PolicyEjection? Ejection { get; private set; }

    private void Attach(SchedulingPolicy policy)
    {
        policy.Scheduler = this;
        _policy = policy;
        _preempts = Overrides(nameof(SchedulingPolicy.ShouldPreempt));
        _slices = Overrides(nameof(SchedulingPolicy.Quantum));
        _charges = Overrides(nameof(SchedulingPolicy.OnRan));
        _timed = _charges || _slices;

        bool Overrides(string member) => policy.GetType()
            .GetMethod(member, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)?.DeclaringType != typeof(SchedulingPolicy);
    }

    /// <summary>
    /// Takes the policy out of the run: round robin gets every ready thread. Always true, for callers that go on then.
    /// </summary>
    public bool Eject(VirtualProcessor vp, PolicyRule rule, PolicyCallback callback, string message, Exception? exception = null)
    {
        if (Ejection is not null) throw new InvalidOperationException($"Round robin itself broke a rule of the contract ({message}): a fault of the core.", exception);
        var (cell, line) = PolicySource.Locate(_policy.GetType(), callback.ToString(), exception);
        Ejection = new PolicyEjection(rule, message, callback.ToString(), TimeSpan.FromTicks(Kernel.Now / 100), cell, line, exception?.ToString());
        Trace?.Add(Kernel.Now, vp.Number, 0, TraceEventKind.PolicyEjected, (byte)rule);
        Attach(new RoundRobin());
        foreach (var thread in _live.Where(thread => thread.State == UserThreadState.Ready).OrderBy(thread => thread.ReadySince).ThenBy(thread => thread.Id).ToList())
        {
            thread.Queue?.Remove(thread);
            _policy.OnReady(thread, thread.ReadyReason);
        }
        foreach (var each in VirtualProcessors)
        {
            each.AskedAt = -1;
            each.QuantumEnd = each.Running is null ? long.MaxValue : Kernel.Now;
            if (each != vp) Kernel.Notify(each);
        }
        return true;
    }

    /// <summary>The watchdog's look at who waits.</summary>
    public void CheckStarvation(VirtualProcessor vp)
    {
        if (Ejection is not null || _ready == 0) return;
        var bound = Experiment.Watchdog.Ticks * 100;
        var now = Kernel.CoarseNow;
        foreach (var thread in _live)
        {
            if (thread.State != UserThreadState.Ready || now - thread.ReadySince <= bound) continue;
            Eject(vp, PolicyRule.StarvesNoThread, PolicyCallback.FindNextToRun,
                $"Thread {thread.Name} has been ready for {(now - thread.ReadySince) / 1_000_000} ms and was never run; the watchdog's bound is {Experiment.Watchdog.TotalMilliseconds:0} ms. Let every ready thread have its turn, or raise Experiment.Watchdog.");
            return;
        }
    }

    private void CallOnCreated(VirtualProcessor vp, UserThread thread)
    {
        var sequence = ++vp.CallbackSequence;
        try { BeginCallback(vp, PolicyCallback.OnCreated, sequence); _policy.OnCreated(thread); }
        catch (Exception exception) when (CanEject(exception)) { EjectThrower(vp, exception); }
        EndCallback(vp, sequence);
    }

    private void CallOnReady(VirtualProcessor vp, UserThread thread, ReadyReason reason)
    {
        var sequence = ++vp.CallbackSequence;
        try { BeginCallback(vp, PolicyCallback.OnReady, sequence); _policy.OnReady(thread, reason); }
        catch (Exception exception) when (CanEject(exception)) { EjectThrower(vp, exception); }
        EndCallback(vp, sequence);
    }

    private UserThread? CallFindNextToRun(VirtualProcessor vp)
    {
        var sequence = ++vp.CallbackSequence;
        UserThread? thread;
        try { BeginCallback(vp, PolicyCallback.FindNextToRun, sequence); thread = _policy.FindNextToRun(vp); }
        catch (Exception exception) when (CanEject(exception))
        {
            EjectThrower(vp, exception);
            thread = _policy.FindNextToRun(vp);
        }
        EndCallback(vp, sequence);
        return thread;
    }

    private bool CallShouldPreempt(VirtualProcessor vp, VirtualProcessor other, UserThread running, UserThread candidate)
    {
        var sequence = ++vp.CallbackSequence;
        var answer = false;
        try { BeginCallback(vp, PolicyCallback.ShouldPreempt, sequence); answer = _policy.ShouldPreempt(other, running, candidate); }
        catch (Exception exception) when (CanEject(exception)) { EjectThrower(vp, exception); }
        EndCallback(vp, sequence);
        return answer;
    }

    private TimeSpan CallQuantum(VirtualProcessor vp, UserThread thread)
    {
        var sequence = ++vp.CallbackSequence;
        var quantum = Timeout.InfiniteTimeSpan;
        try { BeginCallback(vp, PolicyCallback.Quantum, sequence); quantum = _policy.Quantum(thread); }
        catch (Exception exception) when (CanEject(exception)) { EjectThrower(vp, exception); }
        EndCallback(vp, sequence);
        return quantum;
    }

    private void CallOnRan(VirtualProcessor vp, UserThread thread, TimeSpan ran)
    {
        var sequence = ++vp.CallbackSequence;
        try { BeginCallback(vp, PolicyCallback.OnRan, sequence); _policy.OnRan(thread, ran); }
        catch (Exception exception) when (CanEject(exception)) { EjectThrower(vp, exception); }
        EndCallback(vp, sequence);
    }

    private void CallOnPriorityChanged(VirtualProcessor vp, UserThread thread)
    {
        var sequence = ++vp.CallbackSequence;
        try { BeginCallback(vp, PolicyCallback.OnPriorityChanged, sequence); _policy.OnPriorityChanged(thread); }
        catch (Exception exception) when (CanEject(exception)) { EjectThrower(vp, exception); }
        EndCallback(vp, sequence);
    }

    private void CallOnBlocked(VirtualProcessor vp, UserThread thread, BlockReason reason)
    {
        var sequence = ++vp.CallbackSequence;
        try { BeginCallback(vp, PolicyCallback.OnBlocked, sequence); _policy.OnBlocked(thread, reason); }
        catch (Exception exception) when (CanEject(exception)) { EjectThrower(vp, exception); }
        EndCallback(vp, sequence);
    }

    private void CallOnFinished(VirtualProcessor vp, UserThread thread)
    {
        var sequence = ++vp.CallbackSequence;
        try { BeginCallback(vp, PolicyCallback.OnFinished, sequence); _policy.OnFinished(thread); }
        catch (Exception exception) when (CanEject(exception)) { EjectThrower(vp, exception); }
        EndCallback(vp, sequence);
    }

    private static void BeginCallback(VirtualProcessor vp, PolicyCallback callback, long sequence)
    {
        vp.Callback = callback;
        if (sequence == vp.HangsAt) throw new PolicyHangException();
    }

    // Partner: TryAbandonCallback. Either it sees None here, or this sees its request; when both do, the gate decides.
    private static void EndCallback(VirtualProcessor vp, long sequence)
    {
        vp.Callback = PolicyCallback.None;
        if (Volatile.Read(ref vp.AbandonedCallback) != sequence) return;
        lock (vp.CallbackGate)
        {
            if (vp.AbandonedCallback == sequence) throw new AbandonedActivationException();
        }
    }

    /// <summary>
    /// The watchdog gives up on a callback that does not return: when it comes back after all, it ends its OS thread. False
    /// when it has just returned.
    /// </summary>
    public static bool TryAbandonCallback(VirtualProcessor vp, long sequence)
    {
        lock (vp.CallbackGate)
        {
            Volatile.Write(ref vp.AbandonedCallback, sequence);
            Interlocked.MemoryBarrierProcessWide();
            if (vp.Callback != PolicyCallback.None && Volatile.Read(ref vp.CallbackSequence) == sequence) return true;
            Volatile.Write(ref vp.AbandonedCallback, -1);
            return false;
        }
    }

    private bool CanEject(Exception exception) => Ejection is null && exception is not (ThreadInterruptedException or AbandonedActivationException);

    private void EjectThrower(VirtualProcessor vp, Exception exception)
    {
        if (exception is PolicyHangException) EjectHanging(vp);
        else Eject(vp, PolicyRule.DoesNotThrow, vp.Callback, $"{vp.Callback} threw {exception.GetType().Name}: {exception.Message}", exception);
    }

    /// <summary>
    /// Ejects the policy because its running callback does not return. What the core would have done after the callback
    /// is made up for.
    /// </summary>
    public void EjectHanging(VirtualProcessor vp)
    {
        Eject(vp, PolicyRule.Returns, vp.Callback,
            $"{vp.Callback} had not returned after {CallbackLimit.TotalSeconds:0.#} s. A callback decides from what the policy already knows: it must not loop for long, block or wait.");
        foreach (var thread in _live.Where(thread => thread.State == UserThreadState.Blocked).ToList())
        {
            if (!thread.WakePending && thread is not { BlockReason: BlockReason.Synchronization, RequestObject: UserThread { State: UserThreadState.Finished } }) continue;
            thread.Queue?.Remove(thread);
            Unblock(vp, thread, thread.WakePending ? ReadyReason.Unblocked : ReadyReason.Signaled);
        }
    }
}

/// <summary>Stands for a callback that does not return, in the replay of a simulated run.</summary>
internal sealed class PolicyHangException : Exception;

/// <summary>Ends the OS thread of an activation whose virtual processor was given to another while its policy callback hung.</summary>
internal sealed class AbandonedActivationException : Exception;
