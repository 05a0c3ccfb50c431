using System.Runtime.InteropServices;

namespace SchedulerActivations.Machines.Patched;

/// <summary>
/// The page that the kernel and this process share for each virtual processor: struct act_page of
/// kernel-patch's uapi header, which says what each field means and who writes it.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct ActivationPage
{
    public const int Size = 4096;
    public const int RingSize = 64;

    /// <summary>The lock's bit in <see cref="Word"/>.</summary>
    public const long Locked = 1L << 32;

    /// <summary>Values of <see cref="Flags"/>.</summary>
    public const uint UpcallOnBlock = 1, Times = 2;

    /// <summary>Values of <see cref="Direct"/>.</summary>
    public const uint DirectOff = 0, DirectOfOne = 1, DirectByPriority = 3;

    /// <summary>Id of the current activation, and the lock.</summary>
    [FieldOffset(0)] public long Word;
    [FieldOffset(4)] public int Lock;
    [FieldOffset(8)] public int Pending;
    [FieldOffset(12)] public int More;
    [FieldOffset(16)] public uint Head;
    [FieldOffset(20)] public uint Tail;
    [FieldOffset(68)] public int Preempted;
    [FieldOffset(76)] public int Spares;
    [FieldOffset(80)] public long UpcallTime;
    [FieldOffset(88)] public long Blocks;
    [FieldOffset(96)] public long Unreported;
    [FieldOffset(104)] public long Unblocks;
    [FieldOffset(112)] public long Switched;
    [FieldOffset(128)] public long DirectHandOvers;
    [FieldOffset(152)] public long Unmanaged;
    [FieldOffset(192)] public uint Delivery;
    [FieldOffset(196)] public uint Direct;
    [FieldOffset(200)] public int First;
    [FieldOffset(208)] public int Priority;
    [FieldOffset(212)] public uint Flags;
    [FieldOffset(1024)] private ActivationEvent _ring;

    /// <summary>The event in a slot; the number runs freely.</summary>
    public static ref ActivationEvent Event(ActivationPage* page, uint number) => ref (&page->_ring)[number % RingSize];
}

/// <summary>struct act_event: what happened to an activation. Times are CLOCK_MONOTONIC in nanoseconds.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ActivationEvent
{
    public const uint Block = 1, Unblock = 2, Restart = 3, Timer = 5;

    public uint Type;
    public int Id;
    public uint Flags;
    public uint Count;
    public long Happened;
    public long Ran;
    public long Ready;
    public long Sequence;
}
