using System.Reflection;
using System.Runtime.CompilerServices;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// Calling the policy. Each callback is a value that holds its arguments, so that one method can make all of them, watched
// over in the same way, and the compiler makes of it a direct call for each.
internal sealed partial class Scheduler
{
    /// <summary>How long a callback may take, in real time.</summary>
    public static readonly TimeSpan CallbackLimit = TimeSpan.FromSeconds(1);

    private interface ICall
    {
        PolicyCallback Callback { get; }

        void Make(SchedulingPolicy policy);
    }

    private readonly struct OnCreated(UserThread thread) : ICall
    {
        public PolicyCallback Callback => PolicyCallback.OnCreated;

        public void Make(SchedulingPolicy policy) => policy.OnCreated(thread);
    }

    private readonly struct OnReady(UserThread thread, ReadyReason reason) : ICall
    {
        public PolicyCallback Callback => PolicyCallback.OnReady;

        public void Make(SchedulingPolicy policy) => policy.OnReady(thread, reason);
    }

    private readonly struct OnRan(UserThread thread, TimeSpan ran) : ICall
    {
        public PolicyCallback Callback => PolicyCallback.OnRan;

        public void Make(SchedulingPolicy policy) => policy.OnRan(thread, ran);
    }

    private readonly struct OnBlocked(UserThread thread, BlockReason reason) : ICall
    {
        public PolicyCallback Callback => PolicyCallback.OnBlocked;

        public void Make(SchedulingPolicy policy) => policy.OnBlocked(thread, reason);
    }

    private readonly struct OnPriorityChanged(UserThread thread) : ICall
    {
        public PolicyCallback Callback => PolicyCallback.OnPriorityChanged;

        public void Make(SchedulingPolicy policy) => policy.OnPriorityChanged(thread);
    }

    private readonly struct OnFinished(UserThread thread) : ICall
    {
        public PolicyCallback Callback => PolicyCallback.OnFinished;

        public void Make(SchedulingPolicy policy) => policy.OnFinished(thread);
    }

    private struct FindNextToRun(VirtualProcessor vp) : ICall
    {
        public UserThread? Answer;

        public readonly PolicyCallback Callback => PolicyCallback.FindNextToRun;

        public void Make(SchedulingPolicy policy) => Answer = policy.FindNextToRun(vp);
    }

    private struct ShouldPreempt(VirtualProcessor vp, UserThread running, UserThread candidate) : ICall
    {
        public bool Answer;

        public readonly PolicyCallback Callback => PolicyCallback.ShouldPreempt;

        public void Make(SchedulingPolicy policy) => Answer = policy.ShouldPreempt(vp, running, candidate);
    }

    private struct Quantum(UserThread thread) : ICall
    {
        public TimeSpan Answer = Timeout.InfiniteTimeSpan;

        public readonly PolicyCallback Callback => PolicyCallback.Quantum;

        public void Make(SchedulingPolicy policy) => Answer = policy.Quantum(thread);
    }

    /// <summary>Compiles what calls the policy, for runs in which the compiler must not come between.</summary>
    public static void PrepareCallbacks()
    {
        var generic = typeof(Scheduler).GetMethods(BindingFlags.Instance | BindingFlags.NonPublic).Where(method => method.Name == nameof(Call)).ToList();
        foreach (var call in typeof(Scheduler).GetNestedTypes(BindingFlags.NonPublic).Where(type => type.IsValueType && type.IsAssignableTo(typeof(ICall))))
        {
            foreach (var method in generic) RuntimeHelpers.PrepareMethod(method.MethodHandle, [call.TypeHandle]);
        }
    }

    private UserThread? CallFindNextToRun(VirtualProcessor vp)
    {
        var call = new FindNextToRun(vp);
        while (!Call(vp, ref call)) call = new FindNextToRun(vp);
        return call.Answer;
    }

    private bool CallShouldPreempt(VirtualProcessor vp, VirtualProcessor other, UserThread running, UserThread candidate)
    {
        var call = new ShouldPreempt(other, running, candidate);
        Call(vp, ref call);
        return call.Answer;
    }

    private TimeSpan CallQuantum(VirtualProcessor vp, UserThread thread)
    {
        if (_own is not null) return _own.Quantum(thread);
        var call = new Quantum(thread);
        // Where the policy is ejected here, the answer is for the one that takes over to give.
        return Call(vp, ref call) ? call.Answer : CallQuantum(vp, thread);
    }

    private bool Call<TCall>(VirtualProcessor vp, TCall call) where TCall : struct, ICall => Call(vp, ref call);

    // False when the policy has been replaced: it broke its contract here, or in a callback that overlapped with this one.
    private bool Call<TCall>(VirtualProcessor vp, ref TCall call) where TCall : struct, ICall
    {
        var sequence = ++vp.CallbackSequence;
        var policy = _policy;
        var thrown = (Exception?)null;
        vp.Callback = call.Callback;
        if (_isTold) LetOverlap(vp, policy);
        try
        {
            if (vp.HangsAt?.Contains(sequence) == true) throw new PolicyHangException();
            call.Make(policy);
        }
        catch (Exception exception) when (exception is not (ThreadInterruptedException or AbandonedActivationException))
        {
            thrown = exception;
        }
        // Partner: TryAbandonCallback. Either it sees None here, or this sees its request; when both do, the gate decides.
        vp.Callback = PolicyCallback.None;
        if (Volatile.Read(ref vp.AbandonedCallback) == sequence) EndIfAbandoned(vp, sequence);
        if (vp.Called is not null) EndOverlap(vp);
        if (thrown is not null && policy == _policy) EjectThrower(vp, call.Callback, thrown);
        return policy == _policy;
    }

    private static void EndIfAbandoned(VirtualProcessor vp, long sequence)
    {
        lock (vp.CallbackGate)
        {
            if (vp.AbandonedCallback == sequence) throw new AbandonedActivationException();
        }
    }

    /// <summary>
    /// The watchdog gives up on a callback that does not return: when it comes back after all, it ends its OS thread. False
    /// when it has just returned, or was given up on before.
    /// </summary>
    public static bool TryAbandonCallback(VirtualProcessor vp, long sequence)
    {
        lock (vp.CallbackGate)
        {
            if (vp.AbandonedCallback == sequence) return false;
            Volatile.Write(ref vp.AbandonedCallback, sequence);
            Interlocked.MemoryBarrierProcessWide();
            if (vp.Callback != PolicyCallback.None && Volatile.Read(ref vp.CallbackSequence) == sequence) return true;
            Volatile.Write(ref vp.AbandonedCallback, -1);
            return false;
        }
    }
}

/// <summary>Stands for a callback that does not return, in the replay of a simulated run.</summary>
internal sealed class PolicyHangException : Exception;

/// <summary>Ends the OS thread of an activation whose virtual processor was given to another while its policy callback hung.</summary>
internal sealed class AbandonedActivationException : Exception;
