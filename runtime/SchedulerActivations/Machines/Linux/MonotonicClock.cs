using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SchedulerActivations.Machines.Linux;

/// <summary>
/// CLOCK_MONOTONIC in nanoseconds, as <see cref="Stopwatch"/> reads it, for less: where the kernel counts that clock by the
/// processor's time-stamp counter, the counter is read here, and the time follows from the last true reading.
/// </summary>
/// <remarks>
/// Elsewhere (another processor, another clock source: /sys/devices/system/clocksource, no memory with code in it), this is the
/// kernel's clock. It differs from that by a few ten nanoseconds, is the same for all threads, and does not go back.
/// </remarks>
internal static unsafe class MonotonicClock
{
    // Of so many true readings the one counts that was the least disturbed.
    private const int Tries = 5;

    // lfence; rdtsc; shl rdx, 32; or rax, rdx; ret. The fence keeps the reading behind what the thread has seen of others; whoever has
    // seen nothing enters behind it.
    private const int Fence = 3;
    private static readonly byte[] _reader = [0x0F, 0xAE, 0xE8, 0x0F, 0x31, 0x48, 0xC1, 0xE2, 0x20, 0x48, 0x09, 0xD0, 0xC3];

    private static readonly delegate* unmanaged[SuppressGCTransition]<ulong> _counter = KernelCounts() ? LoadReader() : null;
    private static readonly delegate* unmanaged[SuppressGCTransition]<ulong> _unfenced = _counter == null ? null : (delegate* unmanaged[SuppressGCTransition]<ulong>)((byte*)_counter + Fence);
    private static ClockReading _last = _counter == null ? new(0, 0) : Read();

    /// <summary>The time now.</summary>
    public static long Now
    {
        get
        {
            if (_counter == null) return Stopwatch.GetTimestamp();
            var last = Volatile.Read(ref _last);
            return TimeAt(last, _counter());
        }
    }

    /// <summary>As <see cref="Now"/>, in half the time, for a thread that has seen nothing of others since it last asked: it may be read before what stands before it in the program.</summary>
    public static long UnfencedNow
    {
        get
        {
            if (_counter == null) return Stopwatch.GetTimestamp();
            var last = Volatile.Read(ref _last);
            return TimeAt(last, _unfenced());
        }
    }

    private static long TimeAt(ClockReading last, ulong counter) => counter - last.Counter < last.Holds ? last.At(counter) : ReadAnew(last, counter);

    private static long ReadAnew(ClockReading last, ulong counter)
    {
        // Another thread has read anew since this one looked at the counter.
        if (last.Counter - counter < last.Holds) return last.Time;
        // Two true readings so far apart give the counter's rate.
        var now = Stopwatch.GetTimestamp();
        if (now - last.True < ClockReading.Interval) return Math.Max(now, last.Until);
        var next = Read();
        next.Follow(last);
        // Where another thread was faster, its reading holds.
        Interlocked.CompareExchange(ref _last, next, last);
        return next.Time;
    }

    private static ClockReading Read()
    {
        var (counter, time, least) = (0UL, 0L, ulong.MaxValue);
        for (var i = 0; i < Tries; i++)
        {
            var before = _counter();
            var read = Stopwatch.GetTimestamp();
            var width = _counter() - before;
            if (width < least) (counter, time, least) = (before + (width / 2), read, width);
        }
        return new ClockReading(counter, time);
    }

    private static bool KernelCounts()
    {
        const string source = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
        return RuntimeInformation.ProcessArchitecture == Architecture.X64 && File.Exists(source) && File.ReadAllText(source).Trim() == "tsc";
    }

    private static delegate* unmanaged[SuppressGCTransition]<ulong> LoadReader()
    {
        var page = (nuint)Environment.SystemPageSize;
        var memory = NativeMemory.AlignedAlloc(page, page);
        _reader.CopyTo(new Span<byte>(memory, _reader.Length));
        if (LinuxCalls.Protect((nint)memory, page, LinuxCalls.ReadAndExecute) == 0) return (delegate* unmanaged[SuppressGCTransition]<ulong>)memory;
        NativeMemory.AlignedFree(memory);
        return null;
    }
}
