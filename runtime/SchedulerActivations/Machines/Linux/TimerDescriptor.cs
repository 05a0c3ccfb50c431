using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace SchedulerActivations.Machines.Linux;

/// <summary>A timer of one OS thread that is waited for in the kernel: a real, blocking read. Takes a descriptor when first waited for: few of many threads do.</summary>
[SuppressMessage("Design", "CA1001", Justification = "It goes with its thread, which may end at any time.")]
internal sealed class TimerDescriptor
{
    private const int Interrupted = 4;

    private FileDescriptor? _timer;

    /// <summary>Waits until a time of CLOCK_MONOTONIC, in nanoseconds.</summary>
    public unsafe void WaitUntil(long time)
    {
        _timer ??= new FileDescriptor(LinuxCalls.TimerCreate(LinuxCalls.ClockMonotonic, LinuxCalls.CloseOnExec), "timerfd_create");
        _ = LinuxCalls.TimerSet(_timer, LinuxCalls.TimerAbsolute, new LinuxCalls.TimerSpec(default, LinuxCalls.TimeSpec.Of(time)), null);
        while (LinuxCalls.Read(_timer, out _, sizeof(ulong)) < 0 && Marshal.GetLastPInvokeError() == Interrupted) { }
    }
}
