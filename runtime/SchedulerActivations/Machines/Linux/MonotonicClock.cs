using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SchedulerActivations.Machines.Linux;

/// <summary>
/// CLOCK_MONOTONIC in nanoseconds, as <see cref="Stopwatch"/> reads it, for less: where the kernel counts that clock by the
/// processor's time-stamp counter, the counter is read here, and the time follows from the last true reading.
/// </summary>
/// <remarks>
/// Elsewhere (another processor, another clock source: /sys/devices/system/clocksource, no memory with code in it), this is the
/// kernel's clock. It differs from that by some ten nanoseconds, is the same for all threads, and does not go back.
/// </remarks>
internal static unsafe class MonotonicClock
{
    // A true reading holds for so long: the kernel changes the clock's rate by half a thousandth at most (adjtimex(2)).
    private const long Interval = 1_000_000;

    // Of so many true readings the one counts that was the least disturbed.
    private const int Tries = 5;

    private static readonly delegate* unmanaged[SuppressGCTransition]<ulong> _counter = KernelCounts() ? LoadReader() : null;
    private static Reading _last = _counter == null ? new(0, 0) : Read();

    /// <summary>The time now.</summary>
    public static long Now
    {
        get
        {
            if (_counter == null) return Stopwatch.GetTimestamp();
            var last = Volatile.Read(ref _last);
            var counter = _counter();
            return counter - last.Counter < last.Holds ? last.At(counter) : ReadAnew(last, counter);
        }
    }

    private static long ReadAnew(Reading last, ulong counter)
    {
        // Another thread has read anew since this one looked at the counter.
        if (counter < last.Counter) return last.Time;
        // Two true readings so far apart give the counter's rate.
        var now = Stopwatch.GetTimestamp();
        if (now - last.True < Interval) return Math.Max(now, last.Until);
        var next = Read();
        next.Follow(last);
        // Where another thread was faster, its reading holds.
        Interlocked.CompareExchange(ref _last, next, last);
        return next.Time;
    }

    private static Reading Read()
    {
        var best = new Reading(0, 0);
        var least = ulong.MaxValue;
        for (var i = 0; i < Tries; i++)
        {
            var before = _counter();
            var time = Stopwatch.GetTimestamp();
            var width = _counter() - before;
            if (width >= least) continue;
            least = width;
            best = new Reading(before + (width / 2), time);
        }
        return best;
    }

    private static bool KernelCounts()
    {
        const string source = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
        return RuntimeInformation.ProcessArchitecture == Architecture.X64 && File.Exists(source) && File.ReadAllText(source).Trim() == "tsc";
    }

    private static delegate* unmanaged[SuppressGCTransition]<ulong> LoadReader()
    {
        // lfence; rdtsc; shl rdx, 32; or rax, rdx; ret. The fence keeps the reading behind what the thread has seen of others.
        ReadOnlySpan<byte> code = [0x0F, 0xAE, 0xE8, 0x0F, 0x31, 0x48, 0xC1, 0xE2, 0x20, 0x48, 0x09, 0xD0, 0xC3];
        var page = (nuint)Environment.SystemPageSize;
        var memory = NativeMemory.AlignedAlloc(page, page);
        code.CopyTo(new Span<byte>(memory, code.Length));
        if (LinuxCalls.Protect((nint)memory, page, LinuxCalls.ReadAndExecute) == 0) return (delegate* unmanaged[SuppressGCTransition]<ulong>)memory;
        NativeMemory.AlignedFree(memory);
        return null;
    }

    // What the kernel's clock showed at a state of the counter, and what follows from that.
    private sealed class Reading(ulong counter, long time)
    {
        // Nanoseconds for 2^32 counts.
        private ulong _rate;

        public ulong Counter { get; } = counter;

        public long True { get; } = time;

        // What this clock says then: the truth, or a little more where it would go back.
        public long Time { get; private set; } = time;

        // For so many counts.
        public ulong Holds { get; private set; }

        // The last time that it says.
        public long Until => At(Counter + Holds);

        public long At(ulong state) => Time + (long)(((state - Counter) * _rate) >> 32);

        // Where it is ahead of the truth, it goes so much slower that it meets it at the end.
        public void Follow(Reading last)
        {
            var (counts, elapsed) = ((double)(Counter - last.Counter), (double)(True - last.True));
            Time = Math.Max(True, last.At(Math.Min(Counter, last.Counter + last.Holds)));
            Holds = (ulong)(counts / elapsed * Interval);
            var slower = Math.Min(0.5, (double)(Time - True) / Interval);
            _rate = (ulong)(elapsed / counts * (1 - slower) * (1L << 32));
        }
    }
}
