using System.Runtime.InteropServices;
using Mono.Unix.Native;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Tests.CoreThreads;

namespace SchedulerActivations.Tests.Stock;

public sealed class StockMachineTests
{
    internal static void RequireSwitchRecords(ExperimentResult result) =>
        Skip.If(result.Notes.Any(note => note.StartsWith("Blocking calls outside", StringComparison.Ordinal)), "perf_event_open is refused here: " + string.Join(" ", result.Notes));

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_raw_read_on_an_empty_pipe_does_not_stop_the_other_threads_of_its_virtual_processor(int vps)
    {
        Assert.Equal(0, Syscall.pipe(out var reading, out var writing));
        var (before, after, got) = (0, 0, 0L);
        var result = TestRun.On(TestRun.Stock, w =>
        {
            w.Threads("blocked", vps, t =>
            {
                got = RawRead(reading);
                return default;
            });
            w.Thread("computing", async t =>
            {
                for (before = 0; before < 20; before++) await t.Compute(TimeSpan.FromMilliseconds(1));
                var bytes = Marshal.AllocHGlobal(2);
                Assert.Equal(vps, Syscall.write(writing, bytes, (ulong)vps));
                Marshal.FreeHGlobal(bytes);
                for (after = 0; after < 20; after++) await t.Compute(TimeSpan.FromMilliseconds(1));
            });
        }, vps: vps, milliseconds: 3000);
        _ = Syscall.close(reading);
        _ = Syscall.close(writing);
        RequireSwitchRecords(result);
        Assert.Equal((20, 20, 1L), (before, after, got));
        Assert.True(result.Counters["upcalls block"] > 0);
        Assert.True(result.Counters["upcalls restart"] > 0);
    }

    private static long RawRead(int fd)
    {
        var buffer = Marshal.AllocHGlobal(1);
        try { return Syscall.read(fd, buffer, 1); }
        finally { Marshal.FreeHGlobal(buffer); }
    }

    [SkippableFact]
    public void Threads_that_block_and_unblock_outside_declared_regions_lose_nothing()
    {
        var (rounds, sum) = (0, 0L);
        var result = TestRun.On(TestRun.Stock, w =>
        {
            w.Threads("sleeper", 6, async t =>
            {
                for (var i = 0; i < 20; i++)
                {
                    Thread.Sleep(i % 3);
                    Interlocked.Increment(ref rounds);
                    await t.Yield();
                    await t.Call(() => Thread.Sleep(1));
                }
            });
            w.Threads("adder", 2, async t =>
            {
                for (var i = 0; i < 100; i++)
                {
                    await t.Compute(TimeSpan.FromMicroseconds(200));
                    Interlocked.Increment(ref sum);
                }
            });
        }, vps: 2, milliseconds: 10_000);
        RequireSwitchRecords(result);
        Assert.Equal((120, 200L), (rounds, sum));
        Assert.All(result.Threads, thread => Assert.Null(thread.Exception));
    }

    [Fact]
    public void A_declared_call_hands_its_virtual_processor_on_and_throws_where_it_was_made()
    {
        var computed = 0;
        using var gate = new ManualResetEventSlim();
        var result = TestRun.On(TestRun.Stock, w =>
        {
            w.Thread("caller", async t =>
            {
                await t.Call(() => gate.Wait());
                await t.Call(() => throw new InvalidDataException("from the call"));
            });
            w.Thread("computing", async t =>
            {
                while (++computed < 10) await t.Compute(TimeSpan.FromMilliseconds(1));
                gate.Set();
            });
        }, milliseconds: 5000);
        Assert.Equal(10, computed);
        Assert.Contains("from the call", result.Threads[0].Exception, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_from_outside_can_be_awaited()
    {
        var answer = 0;
        var others = 0;
        TestRun.On(TestRun.Stock, w =>
        {
            w.Thread("awaiter", async t => answer = await Task.Run(async () =>
            {
                await Task.Delay(20);
                return 42;
            }));
            w.Thread("other", async t =>
            {
                while (answer == 0)
                {
                    others++;
                    await t.Compute(TimeSpan.FromMilliseconds(1));
                }
            });
        }, milliseconds: 5000);
        Assert.Equal(42, answer);
        Assert.True(others > 1);
    }

    [Fact]
    public void A_thread_that_never_reaches_a_safepoint_is_left_behind_and_named()
    {
        var stop = true;
        void Define(WorkloadDefinition w) => w.Thread("stubborn", t =>
        {
            while (!Volatile.Read(ref stop)) Thread.SpinWait(10);
            return default;
        });
        // Once for nothing: a thread whose code has yet to be read from disk or compiled may block there, and has its virtual processor
        // taken. So it may in a page fault, where other threads of this process change its memory map, even when the run is
        // over and it is waited for: then it is tried again.
        TestRun.On(TestRun.Stock, Define);
        ExperimentResult result;
        var runs = 0;
        do
        {
            Volatile.Write(ref stop, false);
            result = TestRun.On(TestRun.Stock, Define, milliseconds: 100);
            Volatile.Write(ref stop, true);
        }
        while (!result.Notes.Any(LeftBehind) && ++runs < 5);
        Assert.Contains(result.Notes, note => LeftBehind(note));

        static bool LeftBehind(string note) => note.Contains("stubborn did not reach a safepoint", StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_that_has_not_returned_when_a_short_run_is_over_is_named()
    {
        Volatile.Write(ref Stubborn.Returns, false);
        var result = TestRun.On(TestRun.Stock, w => w.Thread("waits", async t => await t.Yield()), new Stubborn(), milliseconds: 100);
        Volatile.Write(ref Stubborn.Returns, true);
        Assert.Null(result.Ejection);
        Assert.Contains(result.Notes, note => note.Contains("Stubborn had not returned from FindNextToRun", StringComparison.Ordinal));
    }

    public sealed class Stubborn : FirstCome
    {
        internal static bool Returns = true;

        protected internal override UserThread? FindNextToRun(VirtualProcessor vp)
        {
            while (!Volatile.Read(ref Returns)) Thread.SpinWait(10);
            return base.FindNextToRun(vp);
        }
    }

    [Fact]
    public void What_the_stock_kernel_cannot_do_stands_in_the_result() =>
        Assert.Contains(TestRun.On(TestRun.Stock, w => w.Thread("short", async t => await t.Yield())).Notes,
            note => note.Contains("cannot preempt", StringComparison.Ordinal));

    [Fact]
    public void A_thread_that_makes_calls_when_the_run_ends_is_not_left_behind()
    {
        var result = TestRun.On(TestRun.Stock, w => w.Thread("caller", async t =>
        {
            while (true)
            {
                await t.Call(() => Thread.Sleep(1));
                // The run ends here, and no safepoint comes before the next call.
                for (var until = t.Now + TimeSpan.FromMilliseconds(20); t.Now < until;) { }
            }
        }), milliseconds: 305);
        Assert.DoesNotContain(result.Notes, note => note.Contains("left behind", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_that_ends_in_the_midst_of_a_hand_over_loses_no_virtual_processor()
    {
        for (var run = 0; run < 200; run++)
        {
            var result = TestRun.On(TestRun.Stock, w =>
            {
                // Leave spares behind, which all end with the run.
                w.Threads("once", 40, async t => await t.Call(() => Thread.Sleep(1)));
                w.Thread("caller", async t => { while (true) await t.Call(() => { }); });
            }, milliseconds: 10, tracing: false);
            Assert.DoesNotContain(result.Notes, note => note.Contains("left behind", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void What_is_computed_past_the_end_makes_nobody_faster_than_the_computer()
    {
        var result = TestRun.On(TestRun.Stock, w => w.Thread("compute", async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(80)); }), milliseconds: 100);
        Assert.InRange(result.Throughput, 0, 1.4);
    }

    [Fact]
    public void Its_activations_are_as_nice_as_whoever_starts_the_run()
    {
        var seen = 0;
        var run = new Thread(() =>
        {
            Assert.Equal(0, SetPriority(0, 0, 7));
            TestRun.On(TestRun.Stock, w => w.Thread("looks", _ =>
            {
                seen = GetPriority(0, 0);
                return default;
            }));
        });
        run.Start();
        run.Join();
        Assert.Equal(7, seen);
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    private static extern int SetPriority(int which, int thread, int nice);

    [DllImport("libc", EntryPoint = "getpriority")]
    private static extern int GetPriority(int which, int thread);
}
