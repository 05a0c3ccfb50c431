using System.Runtime.InteropServices;

namespace SchedulerActivations.Machines.Linux;

/// <summary>The system calls of the machines on Linux that .NET does not offer. Declared here and not taken from a library: a worker is to start fast, in an emulated guest, too.</summary>
internal static partial class LinuxCalls
{
    public const int ClockMonotonic = 1;
    public const int CloseOnExec = 0x80000;
    public const int TimerAbsolute = 1;
    public const int SetTimerSlack = 29;
    public const short PollIn = 1;
    public const int ReadAndExecute = 5;
    public const int Terminate = 15;

    [StructLayout(LayoutKind.Sequential)]
    public record struct TimeSpec(long Seconds, long Nanoseconds)
    {
        public static TimeSpec Of(long nanoseconds) => new(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
    }

    [StructLayout(LayoutKind.Sequential)]
    public record struct TimerSpec(TimeSpec Interval, TimeSpec Value);

    [StructLayout(LayoutKind.Sequential)]
    public record struct PollFd(int Fd, short Events, short Returned);

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    public static partial int TimerCreate(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    public static unsafe partial int TimerSet(FileDescriptor fd, int flags, in TimerSpec value, TimerSpec* old);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventCreate(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(FileDescriptor fd, out ulong value, nint size);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(FileDescriptor fd, in ulong value, nint size);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    public static unsafe partial int Poll(ref PollFd fds, ulong count, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int ThreadControl(int option, ulong value, ulong unused3, ulong unused4, ulong unused5);

    /// <summary>The kernel's struct sched_attr, first version (48 bytes).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public record struct SchedulingAttributes(uint Size, uint Policy, ulong Flags, int Nice, uint Priority, ulong Runtime, ulong Deadline, ulong Period);

    // glibc has no wrapper before 2.41; the number is the same on all 64-bit processors but x86-64.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SetScheduling(nint number, int thread, in SchedulingAttributes attributes, uint flags);

    /// <summary>The nice value of a thread; 0 as the first argument, and as the second for the calling one.</summary>
    [LibraryImport("libc", EntryPoint = "getpriority")]
    public static partial int GetNice(int which, int thread);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    public static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "gettid")]
    public static partial int ThreadId();
}
