using System.Globalization;
using SchedulerActivations.Machines.Linux;
using SchedulerActivations.Tests.Patched;

namespace SchedulerActivations.Benchmarks;

/// <summary>The memory of threads that are all blocked in read at once, and whether all are woken and answer.</summary>
internal static class Blocked
{
    public static int Run(string machine, int threads)
    {
        var taken = machine == "patched" ? OfUserThreads(threads) : OfThreads(threads);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{machine}: {threads} threads blocked in read at once, {taken / 1024.0 / threads:0.0} KiB each; {ReadingAtOnce.Answered} woken and answered"));
        return ReadingAtOnce.Answered == threads ? 0 : 1;
    }

    private static long OfUserThreads(int threads)
    {
        _ = Benchmarks.Run.Of(new ReadingAtOnce { Readers = threads }, "patched", 1, TimeSpan.FromMinutes(20));
        return ReadingAtOnce.Taken;
    }

    private static long OfThreads(int threads)
    {
        var events = Enumerable.Range(0, threads).Select(_ => new FileDescriptor(LinuxCalls.EventCreate(0, LinuxCalls.CloseOnExec), "eventfd")).ToList();
        var before = ReadingAtOnce.Available();
        var readers = events.Select(each => new Thread(() => ReadingAtOnce.Answer(each), 1 << 20) { IsBackground = true }).ToList();
        foreach (var reader in readers) reader.Start();
        while (ReadingAtOnce.About < threads) Thread.Sleep(10);
        Thread.Sleep(1000);
        var taken = before - ReadingAtOnce.Available();
        var one = 1UL;
        foreach (var each in events) _ = LinuxCalls.Write(each, in one, sizeof(ulong));
        foreach (var reader in readers) reader.Join();
        return taken;
    }
}
