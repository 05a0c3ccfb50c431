using Microsoft.Win32.SafeHandles;

namespace SchedulerActivations.Machines.Stock;

/// <summary>The mapped ring into which the kernel writes a thread's context-switch records.</summary>
/// <remarks>
/// <para>
/// The ring is mapped read-only, which makes the kernel overwrite the oldest record and never lose the newest one.
/// No reader moves a tail, so any number of threads may read at any moment and none can make another miss anything.
/// That it can be read from its newest end is due to a plain fact: every record has the same size (a header and a
/// time, 16 bytes), since an event without samples that is never full knows no other record.
/// </para>
/// <para>
/// A thread leaves and returns in strict alternation, and the first record is its leaving (the thread opens its own
/// ring, while running). So odd records are leavings. See <see cref="BytesPerRoundTrip"/>.
/// </para>
/// </remarks>
internal sealed unsafe class SwitchRing : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>
    /// One leaving and one return; also the watermark. The kernel wakes a poller when its head is *more* than a
    /// watermark ahead of a mark, and then moves the mark by one watermark: with two records as watermark that is at
    /// records 3, 5, 7…, that is at leavings only. Woken at returns too, a watcher that shares a processor with the
    /// thread it watches would cause its own next wake-up (it preempts, the thread returns, which wakes it…), for ever:
    /// measured on two busy processors, 4 000 to 20 000 wake-ups a second instead of some hundreds.
    /// </summary>
    public const int BytesPerRoundTrip = 2 * BytesPerRecord;

    private const int BytesPerRecord = 16;
    private const int TimeOffset = 8;
    private const int MiscOffset = 4;
    private const ushort MiscSwitchOut = 1 << 13;
    private const ushort MiscSwitchOutPreempt = 1 << 14;
    private const int DataHeadOffset = 1024;

    private readonly long _dataBytes = Environment.SystemPageSize;

    public SwitchRing()
        : base(ownsHandle: true)
    {
    }

    /// <summary>Maps the ring of a perf event; an invalid handle, with errno kept, where the kernel refuses.</summary>
    public static SwitchRing Map(SafeFileHandle perfEvent)
    {
        var ring = new SwitchRing();
        ring.SetHandle(PerfEventCalls.MapReadOnly(MappedBytes, perfEvent));
        return ring;
    }

    /// <summary>How many records the kernel has written since the ring was mapped.</summary>
    public long Records => Held(static ring => Head((byte*)ring.handle) / BytesPerRecord);

    /// <summary>The newest record; <paramref name="openedAt"/> is the answer while there is none.</summary>
    /// <exception cref="ObjectDisposedException">The ring was unmapped.</exception>
    public SwitchState ReadNewest(long openedAt)
    {
        // The reference keeps Dispose on another thread from unmapping the page under our feet.
        var held = false;
        try
        {
            DangerousAddRef(ref held);
            var page = (byte*)handle;
            while (true)
            {
                var head = Head(page);
                if (head == 0)
                    return new SwitchState(SwitchKind.Running, openedAt, 0);
                var record = page + Environment.SystemPageSize + ((head - BytesPerRecord) & (_dataBytes - 1));
                var misc = *(ushort*)(record + MiscOffset);
                var time = *(long*)(record + TimeOffset);
                // Partner: the kernel writing a record. It may have gone once round the ring while we copied; had
                // it, the head that it publishes before each reuse of our slot has moved on by nearly a ring.
                Thread.MemoryBarrier();
                if (Head(page) - head < _dataBytes - BytesPerRecord)
                    return new SwitchState(KindOf(misc), time, ((head / BytesPerRecord) + 1) / 2);
            }
        }
        finally
        {
            if (held)
                DangerousRelease();
        }
    }

    /// <summary>Whether the records so far alternate as the wake-ups need it: leaving first.</summary>
    public bool AlternatesFromLeaving => Held(static ring =>
    {
        var page = (byte*)ring.handle;
        var first = *(ushort*)(page + Environment.SystemPageSize + MiscOffset);
        var second = *(ushort*)(page + Environment.SystemPageSize + BytesPerRecord + MiscOffset);
        return (first & MiscSwitchOut) != 0 && (second & MiscSwitchOut) == 0;
    });

    protected override bool ReleaseHandle() => PerfEventCalls.Unmap(handle, MappedBytes) == 0;

    private static int MappedBytes => 2 * Environment.SystemPageSize;

    // Partner: the kernel, which publishes data_head after the record's bytes (a write barrier lies between).
    private static long Head(byte* page) => Volatile.Read(ref *(long*)(page + DataHeadOffset));

    private static SwitchKind KindOf(ushort misc) => (misc & MiscSwitchOut) == 0
        ? SwitchKind.Running
        : (misc & MiscSwitchOutPreempt) != 0 ? SwitchKind.Preempted : SwitchKind.Blocked;

    private T Held<T>(Func<SwitchRing, T> read)
    {
        var held = false;
        try
        {
            DangerousAddRef(ref held);
            return read(this);
        }
        finally
        {
            if (held)
                DangerousRelease();
        }
    }
}
