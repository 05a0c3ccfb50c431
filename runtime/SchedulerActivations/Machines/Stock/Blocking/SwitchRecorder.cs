using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SchedulerActivations.Machines.Stock;

/// <summary>Tells of one OS thread whether it has a processor, was preempted, or blocked in the kernel.</summary>
/// <remarks>
/// The kernel's own context-switch records say it, unasked and for every system call: <c>perf_event_open</c> with
/// <c>context_switch</c> on a dummy software event. Leaving a processor while runnable is marked as preemption;
/// leaving it otherwise is a block. A thread that was woken but has no processor yet still reads as blocked: waking
/// leaves no record. One descriptor and two locked pages each. All members may be called from any thread.
/// Each leaving of a processor costs the thread two records (2 us with the return's) and the interrupt that wakes the
/// watcher (13 us on the virtual machine where it was measured, since an interrupt to oneself is dear there).
/// </remarks>
internal sealed class SwitchRecorder : IDisposable
{
    private const int Naps = 10;

    private readonly SwitchRing _ring;
    private readonly long _openedAt = Stopwatch.GetTimestamp();

    private SwitchRecorder(int tid, SafeFileHandle perfEvent, SwitchRing ring)
    {
        Tid = tid;
        PerfEvent = perfEvent;
        _ring = ring;
    }

    public int Tid { get; }

    /// <summary>Becomes readable (once) whenever the thread leaves its processor.</summary>
    public SafeFileHandle PerfEvent { get; }

    /// <summary>Opens the recorder of the calling thread.</summary>
    /// <param name="tid">The kernel's id of the calling thread, <see cref="PerfEventCalls.CurrentThread"/>.</param>
    /// <param name="reason">Where null is returned: why, and what to do.</param>
    public static SwitchRecorder? TryOpen(int tid, out string? reason) =>
        TryOpen(tid, PerfEventAttributes.ContextSwitches, out reason);

    /// <summary>As <see cref="TryOpen(int, out string?)"/>, for a test that wants to be refused.</summary>
    internal static SwitchRecorder? TryOpen(int tid, PerfEventAttributes attributes, out string? reason)
    {
        if (!OperatingSystem.IsLinux())
            return Refused(PerfRefusal.NotLinux, out reason);
        if (tid != PerfEventCalls.CurrentThread)
            return Refused(PerfRefusal.NotOwnThread(tid), out reason);

        var perfEvent = PerfEventCalls.Open(attributes, tid);
        if (perfEvent.IsInvalid)
            return Refused(PerfRefusal.OfOpen(Marshal.GetLastPInvokeError(), PerfRefusal.ReadParanoid()), out reason);

        var ring = SwitchRing.Map(perfEvent);
        if (ring.IsInvalid)
        {
            var errno = Marshal.GetLastPInvokeError();
            perfEvent.Dispose();
            return Refused(PerfRefusal.OfMap(errno), out reason);
        }

        var recorder = new SwitchRecorder(tid, perfEvent, ring);
        if (!recorder.SpendFirstRoundTrip())
        {
            recorder.Dispose();
            return Refused(PerfRefusal.NoRecords, out reason);
        }

        reason = null;
        return recorder;
    }

    /// <summary>What the newest record says.</summary>
    /// <exception cref="ObjectDisposedException">The recorder was disposed.</exception>
    public SwitchState Read() => _ring.ReadNewest(_openedAt);

    public void Dispose()
    {
        _ring.Dispose();
        PerfEvent.Dispose();
    }

    /// <summary>
    /// The very first leaving cannot wake a poller (see <see cref="SwitchRing.BytesPerRoundTrip"/>), so it is spent here;
    /// that shows at the same time that records arrive and in the order on which the wake-ups rest.
    /// </summary>
    private bool SpendFirstRoundTrip()
    {
        for (var i = 0; i < Naps && _ring.Records < 2; i++)
            PerfEventCalls.Nap();
        return _ring.Records >= 2 && _ring.AlternatesFromLeaving;
    }

    private static SwitchRecorder? Refused(string why, out string? reason)
    {
        reason = why;
        return null;
    }
}
