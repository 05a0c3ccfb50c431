using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SchedulerActivations.Machines.Stock;

/// <summary>The system calls behind <see cref="SwitchRecorder"/>.</summary>
internal static unsafe partial class PerfEventCalls
{
    private const ulong CloseOnExec = 1 << 3;
    private const int ProtRead = 1;
    private const int MapShared = 1;

    public static int CurrentThread => gettid();

    /// <summary>The number of perf_event_open here, or -1 on a processor that we have no number for.</summary>
    private static nint OpenNumber => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 298,
        Architecture.Arm64 => 241,
        _ => -1,
    };

    /// <summary>Opens an event on one thread, on any processor; an invalid handle, with errno kept, where it is refused.</summary>
    public static SafeFileHandle Open(PerfEventAttributes attributes, int tid) =>
        new(syscall(OpenNumber, &attributes, tid, -1, -1, CloseOnExec), ownsHandle: true);

    public static nint MapReadOnly(int bytes, SafeFileHandle perfEvent) => mmap(0, bytes, ProtRead, MapShared, perfEvent, 0);

    public static int Unmap(nint address, int bytes) => munmap(address, bytes);

    /// <summary>Makes the calling thread leave its processor once, for as short as the kernel can.</summary>
    public static void Nap()
    {
        // Not shorter: with a timer slack of 1 ns a nap of 1 ns is over before the thread has left its processor.
        var time = new KernelTimeSpan(0, 50_000);
        _ = nanosleep(&time, null);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, PerfEventAttributes* attributes, nint tid, nint processor, nint group, ulong flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nint length, int protection, int flags, SafeFileHandle fd, nint offset);

    [LibraryImport("libc")]
    private static partial int munmap(nint address, nint length);

    [LibraryImport("libc")]
    private static partial int gettid();

    [LibraryImport("libc")]
    private static partial int nanosleep(KernelTimeSpan* request, KernelTimeSpan* remaining);
}

/// <summary>The kernel's <c>struct timespec</c> on 64-bit machines.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct KernelTimeSpan(long Seconds, long Nanoseconds)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    public static KernelTimeSpan FromNanoseconds(long nanoseconds) =>
        new(nanoseconds / NanosecondsPerSecond, nanoseconds % NanosecondsPerSecond);
}
