using System.Collections.Concurrent;

namespace SchedulerActivations.CoreThreads;

// What the core keeps with a virtual processor. Owned by the activation that carries it, unless said otherwise.
public sealed partial class VirtualProcessor
{
    /// <summary>The virtual processor that the calling OS thread carries; null on any other OS thread.</summary>
    [ThreadStatic]
    internal static VirtualProcessor? Current;

    // Threads that became ready on this virtual processor by its own doing and that the policy has not seen yet.
    internal readonly ThreadQueue Local = new();

    // As Local, posted by others. Partner of the volatile Attention: enqueue, then set it; clear it, then dequeue.
    internal readonly ConcurrentQueue<UserThread> Posted = new();

    // Something waits for the next safepoint: events, a preemption, the end of the run. Set by anyone, cleared by the owner.
    internal volatile bool Attention;

    // The policy (or the core, at the end of a quantum) wants the running thread off.
    internal bool PreemptRequested;

    // Has nothing to run. Written under the core's lock.
    internal volatile bool Idle;

    // The core's count of threads made ready when FindNextToRun last had nothing for this virtual processor.
    internal long AskedAt = -1;

    // When the running thread was picked, and when its quantum ends.
    internal long PickedAt;
    internal long QuantumEnd = long.MaxValue;

    // The policy's callback that is running, and how many there have been: the watchdog compares two looks at them.
    internal volatile PolicyCallback Callback;
    internal long CallbackSequence;

    // The callback that the watchdog has given up on; decided under the gate.
    internal long AbandonedCallback = -1;
    internal readonly object CallbackGate = new();

    // The callback that hangs, when a run is replayed to eject the policy there (simulated machines).
    internal long HangsAt = -1;

    // On a real machine: the OS thread that carries it.
    internal volatile object? Activation;

    // A thread that blocked in the kernel: the next activation's first upcall reports it.
    internal UserThread? BlockedThread;

    // The activation before was left behind in a policy's callback.
    internal bool HangingCallback;
}
