using System.Runtime.CompilerServices;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

// Telling time. A real clock takes as long to read as a switch between threads takes, so it is read as rarely as can be:
// once in a pass through the core where the pass needs the time at all (a trace, a policy that charges time); and at
// safepoints, where quanta and timers are looked after, not each time while they follow closely on each other. A
// simulated clock costs nothing: it is read whenever there is a reason to.
internal sealed partial class Scheduler
{
    /// <summary>A time that nobody has asked for yet.</summary>
    public const long NoTime = -1;

    // The end of a quantum that begins where the policy cannot be asked for it: when the core next looks it is armed.
    private const long ArmedLater = long.MaxValue - 1;

    // The time at which a thread was picked that has been charged since.
    private const long Charged = -2;

    // Safepoints at most that pass without a look at the clock, and how long a stretch they may make up: little beside a quantum.
    private const int MaxSafepointsBetweenLooks = 16;
    private const long LookInterval = 50_000;

    /// <summary>A pass through the core begins: a user thread has left the virtual processor, or time has passed in another way.</summary>
    public static void BeginPass(VirtualProcessor vp) => vp.PassTime = NoTime;

    /// <summary>Whether the thread's virtual processor has something to look at before the thread goes on.</summary>
    public static bool WantsSafepoint(UserThread thread)
    {
        var (vp, scheduler) = (thread.VirtualProcessor, thread.Scheduler);
        return vp.WantsCore || (scheduler.NeedsClock && scheduler.LookAtClock(vp));
    }

    /// <summary>The running thread is going to compute for long: its quantum begins here at the latest, and the clock is looked at afterwards.</summary>
    public void BeginComputing(VirtualProcessor vp)
    {
        if (vp.PickedAt == NoTime) vp.PickedAt = Kernel.Now;
        vp.SafepointsToLook = 0;
    }

    /// <summary>For timers of a machine that does not interrupt: has the virtual processor look at them when one has run down.</summary>
    public void LookAtTimers(VirtualProcessor vp)
    {
        if (_timers.Count > 0) LookAtClock(vp);
    }

    // Whether the end of a quantum matters: others are ready, or the policy keeps accounts, which that closes.
    private bool QuantaMatter => _ready > 0 || _charges;

    // Whether time matters: somebody sleeps, or the end of the running thread's quantum is awaited (where others are ready, more
    // often than need be under a policy without quanta).
    private bool NeedsClock => (_ready | _timers.Count | _alwaysLooks) != 0;

    /// <summary>The time of this pass through the core.</summary>
    public long Time(VirtualProcessor vp)
    {
        if (_isSimulated) return Kernel.Now;
        if (vp.PassTime == NoTime) vp.PassTime = Kernel.Now;
        return vp.PassTime;
    }

    // Looks at the clock if it is time to. True when a timer has run down, or the running thread's quantum is over or has yet to be armed.
    private bool LookAtClock(VirtualProcessor vp)
    {
        if (--vp.SafepointsToLook > 0 && !_isSimulated) return false;
        var now = Kernel.Now;
        SpaceLooks(vp, now);
        var timer = _timers.NextDue <= now;
        if (timer) vp.Attention = true;
        // The core's own policy can be asked here: the thread need not stop for it.
        if (_own is not null && vp is { QuantumEnd: NoTime, Running: { } running }) ArmFirstQuantum(vp, running, now);
        vp.QuantumIsDue = _slices && now >= vp.QuantumEnd;
        return timer || vp.QuantumIsDue;
    }

    // The next look comes after as many safepoints as fit the interval at the pace of the last ones; after twice as many at most.
    private static void SpaceLooks(VirtualProcessor vp, long now)
    {
        var pace = Math.Max(1, (now - vp.LookedAt) / vp.SafepointsBetweenLooks);
        var fitting = Math.Min(LookInterval / pace, 2L * vp.SafepointsBetweenLooks);
        vp.SafepointsBetweenLooks = vp.SafepointsToLook = (int)Math.Clamp(fitting, 1, MaxSafepointsBetweenLooks);
        vp.LookedAt = now;
    }

    // A thread has been picked. Where the kernel interrupts it its quantum is armed now, else when a look at the clock finds
    // that it matters.
    private void BeginQuantum(VirtualProcessor vp, UserThread thread)
    {
        vp.PickedAt = _timed ? Time(vp) : NoTime;
        if (vp.KeepsTurn)
        {
            vp.KeepsTurn = false;
            return;
        }
        vp.QuantumIsDue = false;
        if (!_slices) return;
        if (_interruptsThreads) ArmQuantum(vp, thread, vp.PickedAt);
        else vp.QuantumEnd = NoTime;
    }

    // It counts from when the thread was picked, where that is known.
    private void ArmFirstQuantum(VirtualProcessor vp, UserThread thread, long now) => ArmQuantum(vp, thread, vp.PickedAt == NoTime ? now : vp.PickedAt);

    private void ArmQuantum(VirtualProcessor vp, UserThread thread, long from)
    {
        var quantum = CallQuantum(vp, thread);
        if (quantum <= TimeSpan.Zero && quantum != Timeout.InfiniteTimeSpan) quantum = EjectForQuantum(vp, thread, quantum);
        vp.QuantumEnd = EndOf(quantum, from);
    }

    private static long EndOf(TimeSpan quantum, long from) => quantum == Timeout.InfiniteTimeSpan ? long.MaxValue : from + Nanoseconds.Of(quantum);

    // The quantum that the policy which takes over gives.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private TimeSpan EjectForQuantum(VirtualProcessor vp, UserThread thread, TimeSpan quantum)
    {
        Eject(vp, PolicyRule.GrantsTime, PolicyCallback.Quantum,
            $"Quantum gave thread {thread.Name} {quantum.TotalMilliseconds:0.####} ms. Give a thread more than nothing, or Timeout.InfiniteTimeSpan for as long as it likes.");
        // Whoever goes on from thread to thread without asking asks now.
        vp.Attention = true;
        return CallQuantum(vp, thread);
    }

    // Where the running thread's quantum is over, the virtual processor is taken from it where that matters; else it gets another one.
    private void CheckQuantum(VirtualProcessor vp, UserThread thread)
    {
        vp.QuantumIsDue = false;
        var now = _isSimulated ? Kernel.Now : vp.LookedAt;
        if (vp.QuantumEnd is NoTime or ArmedLater) ArmFirstQuantum(vp, thread, now);
        if (now < vp.QuantumEnd) return;
        if (QuantaMatter) vp.PreemptRequested = true;
        else ArmQuantum(vp, thread, now);
    }
}
