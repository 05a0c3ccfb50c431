using System.Runtime.InteropServices;
using SchedulerActivations.Machines.Linux;

namespace SchedulerActivations.Machines.Stock;

/// <summary>
/// The slice that the fair scheduler gives the calling OS thread (kernel/sched/syscalls.c, Linux 6.12 and later; older
/// kernels ignore it). With the shortest one, an activation that wakes beside another that computes waits for a tick at
/// most, not for a slice. Anybody may ask for it.
/// </summary>
internal static class TimeSlice
{
    private const ulong Shortest = 100_000;

    public static void Shorten()
    {
        // The call sets the nice value, too: it stays what it is.
        var attributes = new LinuxCalls.SchedulingAttributes(48, 0, 0, LinuxCalls.GetNice(0, 0), 0, Shortest, 0, 0);
        _ = LinuxCalls.SetScheduling(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 314 : 274, 0, in attributes, 0);
    }
}
