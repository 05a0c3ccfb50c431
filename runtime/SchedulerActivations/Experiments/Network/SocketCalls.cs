using System.Runtime.InteropServices;

namespace SchedulerActivations.Experiments.Network;

/// <summary>
/// The system calls of the server and of its clients: plain ones, without the buffers, locks and pollers that .NET's sockets put
/// around them.
/// </summary>
internal static partial class SocketCalls
{
    public const int DontWait = 0x40, NoSignal = 0x4000;
    public const int Interrupted = 4, TryAgain = 11;
    public const short PollIn = 1, PollOut = 4;

    [StructLayout(LayoutKind.Sequential)]
    public record struct TimeSpec(long Seconds, long Nanoseconds);

    [StructLayout(LayoutKind.Sequential)]
    public record struct PollFd(int Fd, short Events, short Returned);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SafeHandle socket, ref byte buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeHandle socket, ref byte buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static unsafe partial int Poll(PollFd* fds, ulong count, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int ThreadControl(int option, ulong value, ulong unused3, ulong unused4, ulong unused5);

    /// <summary>Waits until a socket can be read, for so many nanoseconds at most.</summary>
    public static unsafe int Poll(Span<PollFd> sockets, long nanoseconds)
    {
        var timeout = new TimeSpec(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
        fixed (PollFd* first = sockets) return Poll(first, (ulong)sockets.Length, &timeout, null);
    }

    /// <summary>Makes the calling OS thread's time-outs end when they are over and not up to 50 µs later.</summary>
    public static void EndTimeoutsPromptly() => _ = ThreadControl(29 /* PR_SET_TIMERSLACK */, 1, 0, 0, 0);
}
