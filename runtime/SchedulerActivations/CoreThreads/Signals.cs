using System.Runtime.InteropServices;

namespace SchedulerActivations.CoreThreads;

/// <summary>What the core has to look at before a virtual processor's running thread goes on; a safepoint asks for all of it in one look.</summary>
[StructLayout(LayoutKind.Explicit)]
internal struct Signals
{
    /// <summary>As <see cref="VirtualProcessor.Attention"/>; the one that others may write.</summary>
    [FieldOffset(0)]
    public bool Attention;

    /// <summary>As <see cref="VirtualProcessor.Announced"/>.</summary>
    [FieldOffset(1)]
    public bool Announced;

    /// <summary>As <see cref="VirtualProcessor.PreemptRequested"/>.</summary>
    [FieldOffset(2)]
    public bool PreemptRequested;

    /// <summary>0 while there is none of them.</summary>
    [FieldOffset(0)]
    public uint All;
}
