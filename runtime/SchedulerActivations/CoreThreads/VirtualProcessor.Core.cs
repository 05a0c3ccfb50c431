using System.Collections.Concurrent;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// What the core keeps with a virtual processor. Owned by the activation that carries it, unless said otherwise.
public sealed partial class VirtualProcessor
{
    // Something waits for the next safepoint: events, a thread that blocked, the end of the run. Set by anyone, cleared by
    // the owner.
    internal bool Attention
    {
        get => Volatile.Read(ref _signals.Attention);
        set => Volatile.Write(ref _signals.Attention, value);
    }

    // The policy (or the core, at the end of a quantum) wants the running thread off.
    internal bool PreemptRequested
    {
        get => _signals.PreemptRequested;
        set => _signals.PreemptRequested = value;
    }

    // Whether there are any threads in Local.
    internal bool Announced
    {
        get => _signals.Announced;
        set => _signals.Announced = value;
    }

    private Signals _signals;

    /// <summary>Whether the core has something to look at before the running thread goes on.</summary>
    internal bool WantsCore => Volatile.Read(ref _signals.All) != 0;

    // Has nothing to run. Written under the core's lock.
    internal volatile bool Idle;

    // While it idles: the timer that it waits for, long.MaxValue for none.
    internal long IdlesUntil;

    // The thread that made room for one that goes first without the policy having been told, and what it had run by then.
    internal UserThread? Displaced;
    internal long DisplacedRan;

    // Threads that became ready on this virtual processor by its own doing and that the policy has not seen yet. They need no
    // Attention: who leaves the running thread's code looks at them.
    internal readonly ThreadQueue Local = new(ofCore: true);

    // As Local, posted by others. Partner of the volatile Attention: enqueue, then set it; clear it, then dequeue.
    internal readonly ConcurrentQueue<UserThread> Posted = new();

    internal void Post(UserThread thread)
    {
        Posted.Enqueue(thread);
        Attention = true;
    }

    // The core's count of threads made ready when FindNextToRun last had nothing for this virtual processor.
    internal long AskedAt = -1;

    // The time of the pass through the core that is going on; Scheduler.NoTime while nobody has asked for it.
    internal long PassTime = Scheduler.NoTime;

    // When the running thread was picked, and when its quantum ends; NoTime while nobody has asked for the time.
    internal long PickedAt = Scheduler.NoTime;
    internal long QuantumEnd = long.MaxValue;

    // Whether the policy is HandOff and the run direct.
    internal bool HandsOff;

    // The thread that is picked next goes on with the last one's quantum.
    internal bool KeepsTurn;

    // How many safepoints pass before the clock is looked at again, how many there were between the last two looks, and
    // when the last one was.
    internal int SafepointsToLook;
    internal int SafepointsBetweenLooks = 1;
    internal long LookedAt;

    // A look at the clock has found that the running thread's quantum must be armed or is over.
    internal bool QuantumIsDue;

    // The policy's callback that is running, and how many there have been: the watchdog compares two looks at them.
    internal volatile PolicyCallback Callback;
    internal long CallbackSequence;

    // The policy, while it is called without the core's lock.
    internal SchedulingPolicy? Called;

    // The callback that the watchdog has given up on; decided under the gate.
    internal long AbandonedCallback = -1;
    internal readonly object CallbackGate = new();

    // The callbacks that hang, one of each policy that does, when a run is replayed to eject the policies there (simulated machines).
    internal HashSet<long>? HangsAt;

    // On a real machine: the OS thread that carries it.
    internal volatile Carrier? Activation;

    // A thread of whose creation the policy is being told.
    internal UserThread? Creating;

    // A thread that blocked in the kernel: the next activation's first upcall reports it.
    internal UserThread? BlockedThread;

    // The activation before was left behind in a policy's callback.
    internal bool HangingCallback;
}
