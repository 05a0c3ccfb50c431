using System.Diagnostics.CodeAnalysis;

namespace SchedulerActivations.Machines.Linux;

/// <summary>What one OS thread sleeps on, with a time-out of nanosecond resolution (.NET's waits have milliseconds). A wake-up that comes early is kept.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Closed when nobody can reach it any more: whoever wakes may be late.")]
internal sealed class Wakeup
{
    private readonly FileDescriptor _event = new(LinuxCalls.EventCreate(0, LinuxCalls.CloseOnExec), "eventfd");

    public void Set()
    {
        var one = 1UL;
        _ = LinuxCalls.Write(_event, in one, sizeof(ulong));
    }

    /// <summary>Waits for <see cref="Set"/>, for so many nanoseconds at most (<see cref="long.MaxValue"/>: for ever).</summary>
    public unsafe void Wait(long nanoseconds = long.MaxValue)
    {
        var fd = new LinuxCalls.PollFd((int)_event.DangerousGetHandle(), LinuxCalls.PollIn, 0);
        var timeout = LinuxCalls.TimeSpec.Of(Math.Max(0, nanoseconds));
        if (LinuxCalls.Poll(ref fd, 1, nanoseconds == long.MaxValue ? null : &timeout, null) > 0) _ = LinuxCalls.Read(_event, out _, sizeof(ulong));
    }
}
