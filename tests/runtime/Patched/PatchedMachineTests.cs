using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Exploration;
using SchedulerActivations.Machines.Patched;
using SchedulerActivations.Policies;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.Patched;

/// <summary>Runs under the patched kernel, each in a VM of its own that goes on from a snapshot.</summary>
public sealed class PatchedMachineTests
{
    [SkippableFact]
    public async Task Events_are_answered_beside_computing_threads_that_reach_no_safepoint()
    {
        var result = await RunAsync(new IoFirst(), new ComputeAndIo { WorkBetweenSafepoints = TimeSpan.FromSeconds(100) });
        Assert.Null(result.Ejection);
        Assert.All(result.Ports, port => Assert.True(port.Handled > 0));
        Assert.True(result.Counters["preemptions"] > 0);
        Assert.Equal(result.Counters["kernel unblocks"], result.Counters["kernel blocks"]);
        // A second has 250 time slices; each ends once.
        Assert.InRange(result.Counters["upcalls timer"], 1, 1000);
        Assert.Contains("6.12", result.Environment.Kernel, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_kernel_hands_over_to_threads_that_go_first_without_asking(int processors)
    {
        // One of them only: where the computer is busy two would find each other running, and neither makes room for the other.
        Task<ExperimentResult> Run() => RunAsync(new IoAtOnce(), new ComputeAndIo { IoThreads = 1, WorkBetweenSafepoints = TimeSpan.FromSeconds(100) }, processors, seconds: 5);
        var result = await Run();
        // On a computer with much else to do events are overdue when they are read: nobody blocks for them, and most unblocks are waits for pages.
        for (var again = 0; again < 3 && result.Counters["kernel unblocks"] < 100; again++) result = await Run();
        Assert.Null(result.Ejection);
        Assert.All(result.Ports, port => Assert.True(port.Handled > 0));
        // Computing threads too go first at times: when they have waited for a page.
        Assert.InRange(result.Counters["kernel direct hand-overs"], result.Counters["kernel unblocks"] / 2, result.Counters["kernel unblocks"]);
        Assert.Null(TraceRules.Judge(result.Trace));
    }

    [SkippableFact]
    public async Task Of_two_threads_that_go_first_neither_takes_the_place_of_the_other()
    {
        var result = await RunAsync(new AllGoFirst(), new ComputeAfterSleeping(), seconds: 100);
        Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_kernels_time_stamps_say_where_the_time_goes(bool atOnce)
    {
        var result = await RunAsync(atOnce ? new IoAtOnce() : new IoFirst(), new ComputeAndIo { IoThreads = 1 });
        Assert.Equal(["event to wake-up", "wake-up to upcall", "upcall to handler"], result.Stages.Select(stage => stage.Name));
        var counts = result.Stages.Select(stage => stage.Histogram.Count).Distinct().ToList();
        // All but the events that were due already when the thread came to read them.
        Assert.InRange(Assert.Single(counts), 1, result.Reactivity.Count);
        Assert.All(result.Stages, stage => Assert.InRange(stage.Histogram.P50, TimeSpan.FromTicks(1), result.Reactivity.Max));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Threads_that_yield_take_turns_and_one_that_does_not_is_interrupted(bool tracing)
    {
        var result = await RunAsync(new RoundRobin(), new YieldingBesideComputing(), seconds: 100, tracing: tracing);
        Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));
        Assert.Equal(50, result.Ports.Single().Handled);
        Assert.True(result.Counters["preemptions"] > 0);
        Assert.InRange(result.Counters["switches"], 60_000, long.MaxValue);
    }

    [SkippableFact]
    public async Task A_time_slice_ends_in_the_midst_of_managed_code()
    {
        var result = await RunAsync(new RoundRobin(), new NeverAwaiting(), seconds: 100);
        Assert.All(result.Threads, thread => Assert.Equal(UserThreadState.Finished, thread.State));
        Assert.True(result.Counters["upcalls timer"] > 0);
    }

    [SkippableTheory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public async Task Nothing_is_lost_under_collections_exceptions_locks_sleeps_and_files(int processors, bool atOnce)
    {
        var result = await RunAsync(atOnce ? new IoAtOnce() : new IoFirst(), new Turmoil(), processors, seconds: 100);
        Assert.Null(result.Ejection);
        Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));
    }

    [SkippableFact]
    public async Task Many_threads_block_in_read_at_once_and_all_are_woken()
    {
        var result = await RunAsync(new IoFirst(), new ReadingAtOnce { Readers = 500 }, seconds: 100);
        Assert.Equal(501, result.Threads.Count);
        Assert.All(result.Threads, thread => Assert.Equal((UserThreadState.Finished, null), (thread.State, thread.Exception)));
    }

    [SkippableFact]
    public async Task A_policy_that_hangs_in_an_upcall_is_ejected_and_the_run_goes_on()
    {
        // So that the watchdog looks for starving threads, too, while the callback hangs.
        var result = await RunAsync(new HangsInUpcall(), new ComputeAndIo { ComputingThreads = 2 }, seconds: 6, watchdog: 2);
        Assert.Equal((PolicyRule.Returns, "OnReady"), (result.Ejection?.Rule, result.Ejection?.Callback));
        Assert.All(result.Ports, port => Assert.True(port.Handled > 0));
    }

    [SkippableTheory]
    [InlineData("exit", "exit code 3")]
    [InlineData("panic", "The VM ended in the middle of the run")]
    public async Task A_worker_or_a_guest_that_dies_is_named_and_the_next_run_works(string harm, string message)
    {
        var died = await Assert.ThrowsAsync<WorkerException>(() => RunAsync(new RoundRobin(), new Harmful { What = harm }));
        Assert.Contains(message, died.Message, StringComparison.Ordinal);
        Assert.Null((await RunAsync(new IoFirst(), new ComputeAndIo())).Ejection);
    }

    [SkippableFact]
    public async Task A_cancelled_run_ends_and_the_next_one_works()
    {
        using var cancellation = new CancellationTokenSource();
        var running = new Progress<RunProgress>(report => { if (report.Elapsed > TimeSpan.Zero) cancellation.Cancel(); });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(new IoFirst(), new Harmful { What = "compute" }, seconds: 1000, progress: running, cancellation: cancellation.Token));
        Assert.Null((await RunAsync(new IoFirst(), new ComputeAndIo())).Ejection);
    }

    [SkippableTheory]
    [InlineData(10_000_000, "vm", "cannot give a VM so much memory")]
    [InlineData(2048, "/nowhere/bzImage", "cannot read the kernel image /nowhere/bzImage")]
    public async Task A_VM_that_does_not_start_says_why(int memory, string kernel, string message)
    {
        var failed = await Assert.ThrowsAsync<WorkerException>(() => RunAsync(new IoFirst(), new ComputeAndIo(), machine: new PatchedMachine { Memory = memory, Kernel = kernel }));
        Assert.Contains(message, failed.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Under_KVM_a_run_works_where_KVM_does_and_elsewhere_says_that_it_does_not()
    {
        try
        {
            var result = await RunAsync(new IoFirst(), new ComputeAndIo(), machine: new PatchedMachine { Kvm = true });
            Assert.All(result.Ports, port => Assert.True(port.Handled > 0));
        }
        catch (WorkerException failed)
        {
            Assert.Contains("KVM cannot be used here", failed.Message, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task Counted_time_is_not_had_under_KVM()
    {
        var failed = await Assert.ThrowsAsync<WorkerException>(() => RunAsync(new IoFirst(), new ComputeAndIo(), machine: new PatchedMachine { Kvm = true, CountedTime = true }));
        Assert.Contains("counted time is emulated", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_without_the_patch_is_named()
    {
        var machine = new PatchedMachine();
        if (machine.Vm is null) return;
        var failed = Assert.Throws<PlatformNotSupportedException>(() => machine.Run(Describe(new IoFirst(), new ComputeAndIo(), machine), new ComponentCatalog(), new RunControl(), null, default));
        Assert.Contains("has no scheduler activations", failed.Message, StringComparison.Ordinal);
    }

    private static Experiment Describe(SchedulingPolicy policy, Workload workload, PatchedMachine machine) => new()
    {
        Machine = machine,
        Policy = new ComponentCatalog().Describe(policy),
        Workload = new ComponentCatalog().Describe(workload),
    };

    private static async Task<ExperimentResult> RunAsync(
        SchedulingPolicy policy, Workload workload, int processors = 1, double seconds = 1, double watchdog = 5, PatchedMachine? machine = null,
        bool tracing = true, IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        PatchedKernelBuild.SkipIfMissing();
        var experiment = Describe(policy, workload, machine ?? new PatchedMachine()) with { VirtualProcessors = processors, Duration = TimeSpan.FromSeconds(seconds), Watchdog = TimeSpan.FromSeconds(watchdog), Tracing = tracing };
        return await ExperimentRunner.RunAsync(experiment, progress, cancellation);
    }
}
