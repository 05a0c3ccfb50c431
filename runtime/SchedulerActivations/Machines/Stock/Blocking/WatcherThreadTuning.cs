using System.Runtime.InteropServices;

namespace SchedulerActivations.Machines.Stock;

/// <summary>What an ordinary user may do to make his thread wake in time. Where the kernel refuses, wake-ups come later.</summary>
/// <remarks>A shorter slice (sched_setattr, Linux 6.12) was tried too: no difference beyond the noise, so it is not asked for.</remarks>
internal static partial class WatcherThreadTuning
{
    private const int SetTimerSlack = 29;

    // Timers of ordinary threads may be 50 us late by default: nearly as long as the whole grace.
    public static void Apply() => _ = prctl(SetTimerSlack, 1, 0, 0, 0);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);
}
