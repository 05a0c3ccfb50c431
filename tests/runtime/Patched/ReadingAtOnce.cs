using System.Globalization;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Linux;

namespace SchedulerActivations.Tests.Patched;

/// <summary>Threads that are all blocked in read at once, each at a descriptor of its own, and one that then wakes them all.</summary>
public sealed class ReadingAtOnce : Workload
{
    private static int _about, _answered;

    /// <summary>How many read.</summary>
    public int Readers { get; set; } = 500;

    /// <summary>How many have been woken, have read what was theirs, and have said so.</summary>
    public static int Answered => _answered;

    /// <summary>Memory of the whole machine that the blocked threads of the last run took, in bytes: stacks in the kernel and tables of pages are memory, too.</summary>
    public static long Taken { get; private set; }

    protected internal override void Define(WorkloadDefinition w)
    {
        ArgumentNullException.ThrowIfNull(w);
        w.Thread("main", async t =>
        {
            (_about, _answered) = (0, 0);
            var events = Enumerable.Range(0, Readers).Select(_ => new FileDescriptor(LinuxCalls.EventCreate(0, LinuxCalls.CloseOnExec), "eventfd")).ToList();
            var before = Available();
            var readers = events.Select((each, i) => t.Spawn(_ =>
            {
                Answer(each);
                return default;
            }, $"reads {i}")).ToList();
            while (About < Readers) await t.Sleep(TimeSpan.FromMilliseconds(10));
            await t.Sleep(TimeSpan.FromSeconds(1));
            Taken = before - Available();
            var one = 1UL;
            foreach (var each in events) _ = LinuxCalls.Write(each, in one, sizeof(ulong));
            foreach (var reader in readers) await t.Join(reader);
        });
    }

    /// <summary>Reads, which blocks, and counts itself before and after.</summary>
    internal static void Answer(FileDescriptor descriptor)
    {
        Interlocked.Increment(ref _about);
        if (LinuxCalls.Read(descriptor, out var value, sizeof(ulong)) != sizeof(ulong) || value != 1) throw new InvalidOperationException("A reader was woken by what is not its event.");
        Interlocked.Increment(ref _answered);
    }

    /// <summary>How many have come as far as to read.</summary>
    internal static int About => Volatile.Read(ref _about);

    internal static long Available() =>
        1024 * long.Parse(File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemAvailable", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
