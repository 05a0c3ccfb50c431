using System.Runtime.InteropServices;

namespace SchedulerActivations.Machines.Stock;

/// <summary>The part of <c>struct perf_event_attr</c> that we set; its size tells the kernel that the rest is zero.</summary>
/// <remarks>Layout of PERF_ATTR_SIZE_VER3 (96 bytes): the first one that ends after <c>clockid</c>.</remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeVersion3)]
internal struct PerfEventAttributes
{
    public const int SizeVersion3 = 96;

    private const uint TypeSoftware = 1;
    private const ulong SoftwareDummy = 9;
    private const ulong SampleTime = 1 << 2;
    private const int ClockMonotonic = 1;

    [FieldOffset(0)] public uint Type;
    [FieldOffset(4)] public uint Size;
    [FieldOffset(8)] public ulong Configuration;
    [FieldOffset(24)] public ulong SampleType;
    [FieldOffset(40)] public PerfEventFlags Flags;
    [FieldOffset(48)] public uint WakeupWatermark;
    [FieldOffset(92)] public int ClockId;

    /// <summary>Nothing but context-switch records with a monotonic time in them, which an ordinary user may ask for.</summary>
    public static PerfEventAttributes ContextSwitches => new()
    {
        Type = TypeSoftware,
        Size = SizeVersion3,
        Configuration = SoftwareDummy,
        SampleType = SampleTime,
        Flags = PerfEventFlags.ExcludeKernel | PerfEventFlags.ExcludeHypervisor | PerfEventFlags.Watermark
            | PerfEventFlags.SampleIdAll | PerfEventFlags.UseClockId | PerfEventFlags.ContextSwitch,
        WakeupWatermark = SwitchRing.BytesPerRoundTrip,
        ClockId = ClockMonotonic,
    };
}

/// <summary>The bit field of <c>struct perf_event_attr</c>, in the kernel's order.</summary>
[Flags]
internal enum PerfEventFlags : ulong
{
    None = 0,
    ExcludeKernel = 1ul << 5,
    ExcludeHypervisor = 1ul << 6,
    Watermark = 1ul << 14,
    SampleIdAll = 1ul << 18,
    UseClockId = 1ul << 25,
    ContextSwitch = 1ul << 26,
}
