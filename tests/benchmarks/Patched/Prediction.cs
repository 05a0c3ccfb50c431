using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines;
using SchedulerActivations.Machines.Linux;
using SchedulerActivations.Machines.Patched;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Policies;

namespace SchedulerActivations.Benchmarks;

/// <summary>
/// Measures what the simulated machine's cost model asks for, in one run of one event thread beside one computing thread;
/// then the simulated machine with these costs foretells other runs of the same policy, which the patched machine makes.
/// </summary>
internal static class Prediction
{
    private const double Allowed = 0.25;

    private static readonly (string Name, ComputeAndIo Workload)[] _foretold =
    [
        ("1 port, 8 computing", new ComputeAndIo { IoThreads = 1, ComputingThreads = 8 }),
        ("1 port, 32 computing", new ComputeAndIo { IoThreads = 1, ComputingThreads = 32 }),
        ("2 ports, 32 computing", new ComputeAndIo { IoThreads = 2, ComputingThreads = 32 }),
        ("4 ports, 400 events a second each, 32 computing", new ComputeAndIo { IoThreads = 4, ComputingThreads = 32, EventsPerSecond = 400 }),
        ("4 ports, 100 computing, 200 µs an event", new ComputeAndIo { IoThreads = 4, ComputingThreads = 100, WorkPerEvent = TimeSpan.FromMicroseconds(200) }),
    ];

    public static int Run(int seconds)
    {
        var costs = Measure();
        Console.WriteLine($"costs in ns: {costs}");
        var wrong = 0;
        foreach (var (name, workload) in _foretold)
        {
            workload.WorkBetweenSafepoints = TimeSpan.FromMilliseconds(50);
            var (measured, foretold) = (InOwnProcess(workload, seconds).Reactivity, Benchmarks.Run.Of(Describe(new SimulatedMachine { Costs = costs }, workload, seconds)).Reactivity);
            foreach (var percent in new[] { 50.0, 99 })
            {
                var (real, simulated) = (measured.Percentile(percent), foretold.Percentile(percent));
                var off = (simulated / real) - 1;
                if (Math.Abs(off) > Allowed) wrong++;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: p{percent} patched {real.TotalMicroseconds:0.0} µs, simulated {simulated.TotalMicroseconds:0.0} µs: {off:+0 %;-0 %}{(Math.Abs(off) > Allowed ? " (more than 25 %)" : "")}"));
            }
        }
        return wrong == 0 ? 0 : 1;
    }

    /// <summary>Makes a run and prints its result: in a process of its own, for one has activations once.</summary>
    public static int Print(string experiment)
    {
        var described = JsonSerializer.Deserialize<Experiment>(experiment, ExperimentJson.Options)!;
        Console.WriteLine(Benchmarks.Run.Of(described).ToJson());
        return 0;
    }

    private static Experiment Describe(Machine machine, Workload workload, int seconds, bool tracing = false) => new()
    {
        Policy = new ComponentCatalog().Describe(new IoFirst()),
        Workload = new ComponentCatalog().Describe(workload),
        Machine = machine,
        Tracing = tracing,
        Duration = TimeSpan.FromSeconds(seconds),
    };

    private static ExperimentResult InOwnProcess(Workload workload, int seconds, bool tracing = false)
    {
        var experiment = JsonSerializer.Serialize(Describe(new PatchedMachine(), workload, seconds, tracing), ExperimentJson.Options);
        using var run = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["run", experiment]) { RedirectStandardOutput = true })!;
        var result = ExperimentResult.FromJson(run.StandardOutput.ReadToEnd());
        run.WaitForExit();
        return result;
    }

    private static CostModel Measure()
    {
        var systemCall = Nanoseconds(100_000, () => _ = LinuxCalls.ThreadId());
        var kernelSwitch = HandOver();
        _ = Benchmarks.Run.Of(Describe(new PatchedMachine(), new Yielding(), 60));
        // Stamping the times takes time: of a run without stamps the stages have the same shares.
        var alone = new ComputeAndIo { IoThreads = 1, ComputingThreads = 1, WorkBetweenSafepoints = TimeSpan.FromMilliseconds(50) };
        var whole = InOwnProcess(alone, 4).Reactivity.PercentileNanoseconds(50);
        var stages = InOwnProcess(alone, 4, tracing: true).Stages.Select(stage => stage.Histogram.PercentileNanoseconds(50)).ToList();
        long Share(int stage) => whole * stages[stage] / stages.Sum();
        return new CostModel
        {
            Name = "this guest",
            Interrupt = Share(0),
            Upcall = Share(1),
            SystemCall = systemCall,
            Restart = Share(2),
            UserSwitch = Yielding.SwitchNanoseconds,
            KernelSwitch = kernelSwitch,
        };
    }

    private static long Nanoseconds(int times, Action action)
    {
        action();
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < times; i++) action();
        return (Stopwatch.GetTimestamp() - began) / times;
    }

    // From one kernel thread to another and back, by a write that wakes and a read that blocks.
    private static long HandOver()
    {
        const int times = 2000;
        var (there, back) = (new Wakeup(), new Wakeup());
        var other = new Thread(() =>
        {
            for (var i = 0; i <= times; i++)
            {
                there.Wait();
                back.Set();
            }
        });
        other.Start();
        return Nanoseconds(times, () =>
        {
            there.Set();
            back.Wait();
        }) / 2;
    }

    /// <summary>Two threads that yield to each other.</summary>
    public sealed class Yielding : Workload
    {
        private const int Times = 20_000;

        /// <summary>What a switch took.</summary>
        public static long SwitchNanoseconds { get; private set; }

        protected internal override void Define(WorkloadDefinition w)
        {
            ArgumentNullException.ThrowIfNull(w);
            w.Threads("yields", 2, async t =>
            {
                var began = t.Now;
                for (var i = 0; i < Times; i++) await t.Yield();
                SwitchNanoseconds = (long)((t.Now - began).TotalNanoseconds / (2 * Times));
            });
        }
    }
}
