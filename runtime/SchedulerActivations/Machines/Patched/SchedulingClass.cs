using SchedulerActivations.Machines.Linux;

namespace SchedulerActivations.Machines.Patched;

/// <summary>
/// Keeps the process' other threads (the ones that report progress, the pool's, the runtime's) out of the way of activations:
/// to the kernel they are foreign, and beside a foreign thread an activation that wakes has its fair share and no more.
/// Anybody may put threads into the idle class; where the limit of nice values (<c>ulimit -e</c>) is 0, as usual, only root takes them out again, and another user's stay there.
/// </summary>
internal static class SchedulingClass
{
    private const int Number = 314;
    private const uint Normal = 0, Idle = 5;

    /// <summary>All threads that exist now, but for the calling one, run when no activation wants to; so do those that they make.</summary>
    public static void SetOthersIdle() => SetOthers(Idle);

    /// <summary>All threads are scheduled as threads usually are, so that an activation that was left behind does not keep the result waiting.</summary>
    public static void SetOthersNormal() => SetOthers(Normal);

    /// <summary>The calling thread is scheduled as threads usually are.</summary>
    public static void SetNormal() => Set(0, Normal);

    private static void SetOthers(uint policy)
    {
        var me = LinuxCalls.ThreadId();
        foreach (var task in Directory.GetDirectories("/proc/self/task"))
            if (int.Parse(Path.GetFileName(task), System.Globalization.CultureInfo.InvariantCulture) is var thread && thread != me) Set(thread, policy);
    }

    private static void Set(int thread, uint policy)
    {
        var attributes = new LinuxCalls.SchedulingAttributes(48, policy, 0, LinuxCalls.GetNice(0, thread), 0, 0, 0, 0);
        _ = LinuxCalls.SetScheduling(Number, thread, in attributes, 0);
    }
}
