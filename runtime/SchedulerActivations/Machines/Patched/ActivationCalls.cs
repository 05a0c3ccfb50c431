using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SchedulerActivations.Machines.Patched;

/// <summary>The downcalls: act_cntl(2) of the patched kernel. Each returns what the system call does, an error as its negative number.</summary>
internal static unsafe partial class ActivationCalls
{
    public const int NoSuchProcess = -3, Interrupted = -4, Again = -11, InProgress = -115;

    private const int Number = 600;
    private const int Init = 0, SpareCommand = 1, RevokeCommand = 2, RequestCommand = 3, RestartCommand = 4, WaitCommand = 5, EventsCommand = 6, TimerCommand = 7;
    private const int RestartWithPriority = 2;
    private const int BadAddress = -14;

    // Longer than any policy leaves a ready thread waiting on purpose, for a thread that runs after it runs beside the others
    // for a tick. Whoever waits for a stopped thread in the core, or for a collector's suspension, need not wait so long:
    // what is stopped runs as soon as the current sleeps in the core.
    private const ulong Bound = 2_000_000_000;

    /// <summary>Whether the running kernel has scheduler activations.</summary>
    public static bool AreThere { get; } = RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && RuntimeInformation.ProcessArchitecture == Architecture.X64 && Call(Init, 0, 0) == BadAddress;

    /// <summary>Makes this process an application with so many virtual processors, once for all, and maps their pages.</summary>
    /// <exception cref="Win32Exception">The kernel refuses.</exception>
    public static ActivationPage* Initialize(int processors)
    {
        var init = new InitArgument { Size = (uint)sizeof(InitArgument), Processors = (uint)processors, Bound = Bound };
        var descriptor = Call(Init, (nint)(&init), 0);
        if (descriptor < 0) throw new Win32Exception(-descriptor, $"The kernel refuses scheduler activations to this process: {Marshal.GetPInvokeErrorMessage(-descriptor)}");
        var pages = Map(0, (nuint)(processors * ActivationPage.Size), 3 /* read and write */, 1 /* shared */, descriptor, 0);
        return pages == -1 ? throw new Win32Exception(Marshal.GetLastPInvokeError(), "The pages of the virtual processors cannot be mapped") : (ActivationPage*)pages;
    }

    /// <summary>Offers the calling thread to a virtual processor for upcalls; returns as one, with the number of the virtual processor.</summary>
    public static int Spare(int vp) => Call(SpareCommand, vp, 0);

    /// <summary>The virtual processor idles until something happens; returns as an upcall.</summary>
    public static int Revoke() => Call(RevokeCommand, 0, 0);

    /// <summary>Has the virtual processor look at what there is: wakes it, or interrupts what it runs.</summary>
    public static int Request(int vp) => Call(RequestCommand, vp, 1);

    /// <summary>The activation carries on the caller's virtual processor, with the priority that the page says; the caller becomes a spare; returns as an upcall.</summary>
    public static int Restart(int activation) => Call(RestartCommand, activation, RestartWithPriority);

    /// <summary>Waits until the caller carries a virtual processor; returns its number.</summary>
    public static int Wait() => Call(WaitCommand, 0, 0);

    /// <summary>Fetches events that did not fit into the ring.</summary>
    public static int Events() => Call(EventsCommand, 0, 0);

    /// <summary>Arms the virtual processor's timer, nanoseconds from now; 0 disarms it.</summary>
    public static int Timer(long nanoseconds) => Call(TimerCommand, (nint)nanoseconds, 0);

    // Not put in its caller's place: a method with a system call in it prepares for that each time it begins, called or not, which
    // is as long as all else that a thread does in order to enter the core.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Call(nint command, nint argument, nint second)
    {
        var answer = SystemCall(Number, command, argument, second);
        return answer < 0 ? -Marshal.GetLastPInvokeError() : (int)answer;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct InitArgument
    {
        public uint Size, Processors, Flags, SuspendSignal;
        public ulong UpcallEntry, TrampolineStart, TrampolineEnd, TrampolineAgain, Bound;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint command, nint argument, nint second);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int descriptor, nint offset);
}
