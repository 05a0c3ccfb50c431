using System.ComponentModel;
using System.Runtime.InteropServices;

namespace SchedulerActivations.Benchmarks;

/// <summary>Blocking calls as a C program makes them.</summary>
internal static partial class Calls
{
    private const int Launcher = 3;

    [StructLayout(LayoutKind.Sequential)]
    private record struct TimerSpec(long IntervalSeconds, long IntervalNanoseconds, long Seconds, long Nanoseconds);

    [StructLayout(LayoutKind.Sequential)]
    private record struct PollFd(int Descriptor, short Events, short Returned);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollFd descriptors, ulong count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    private static partial int TimerCreate(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    private static partial int TimerSet(int timer, int flags, in TimerSpec at, nint old);

    // As in C, errno is looked at only when it fails.
    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, out long value, nint size);

    public static int CreateTimer() => TimerCreate(1 /* CLOCK_MONOTONIC */, 0) is >= 0 and var timer ? timer : throw new Win32Exception();

    public static void Arm(int timer, long due) => _ = TimerSet(timer, 1 /* TFD_TIMER_ABSTIME */, new TimerSpec(0, 0, due / 1_000_000_000, due % 1_000_000_000), 0);

    /// <summary>Blocks until eight bytes are there; false at the end.</summary>
    public static bool Read(int descriptor, out long value)
    {
        nint size;
        while ((size = Read(descriptor, out value, sizeof(long))) < 0 && Marshal.GetLastSystemError() == 4 /* EINTR */) { }
        return size == sizeof(long);
    }

    /// <summary>Whether a read would not block.</summary>
    public static bool IsReady(int descriptor)
    {
        var poll = new PollFd(descriptor, 1 /* POLLIN */, 0);
        return Poll(ref poll, 1, 0) > 0;
    }

    public static void AwaitLauncher() => _ = Read(Launcher, out _, 1);
}
