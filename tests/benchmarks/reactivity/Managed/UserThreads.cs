using System.Text.Json;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines;
using SchedulerActivations.Machines.Linux;
using SchedulerActivations.Machines.Patched;
using SchedulerActivations.Policies;

namespace SchedulerActivations.Benchmarks;

/// <summary>
/// Ours: user threads on a machine, one of which blocks in read; under IoFirst, or (the short way) under IoAtOnce. A variant's name
/// with "-stages" behind it stands for the same with the kernel's time stamps, which take time themselves.
/// </summary>
internal static class UserThreads
{
    private const string ShortWay = "short-way", Stages = "-stages";

    public static bool TellsStages(Options options) => options.Variant.EndsWith(Stages, StringComparison.Ordinal);

    /// <summary>Runs; does not return.</summary>
    public static void Run(Options options)
    {
        ReadAndCompute.Options = options;
        // During the run each method would take the handler a time slice, and events pile up meanwhile.
        foreach (var type in new[] { typeof(Calls), typeof(Measurement), typeof(Options) }) Warmth.Compile(type);
        var way = options.Variant.Replace(Stages, "", StringComparison.Ordinal);
        var components = new ComponentCatalog();
        var experiment = new Experiment
        {
            Policy = components.Describe(way == ShortWay ? new IoAtOnce() : new IoFirst()),
            Workload = components.Describe(new ReadAndCompute()),
            Machine = MachineOf(options, way == ShortWay ? "patched" : way),
            VirtualProcessors = options.Processors,
            Tracing = TellsStages(options),
            Duration = TimeSpan.FromHours(1),
            Watchdog = TimeSpan.FromHours(1),
        };
        ExperimentResult result;
        try
        {
            result = ExperimentRunner.Run(experiment, components, new RunControl(), null, CancellationToken.None);
        }
        catch (PlatformNotSupportedException)
        {
            Measurement.Skip(options, "the running kernel lacks the patch");
            return;
        }
        throw new InvalidOperationException($"The run ended without a measurement: {string.Join("; ", result.Threads.Select(thread => thread.Exception).Where(text => text is not null))} {result.Ejection?.Message}");
    }

    // By the name that it has in saved experiments: a machine that this version does not have yet is skipped.
    private static Machine MachineOf(Options options, string name)
    {
        try
        {
            return JsonSerializer.Deserialize<Machine>($$"""{"kind":"{{name}}"}""")!;
        }
        catch (JsonException)
        {
            Measurement.Skip(options, $"there is no machine named {name} in this version");
            throw;
        }
    }
}

/// <summary>The threads of the benchmark. Public: the runtime makes it by its type.</summary>
public sealed class ReadAndCompute : Workload
{
    internal static Options? Options { get; set; }

    protected internal override void Define(WorkloadDefinition w)
    {
        ArgumentNullException.ThrowIfNull(w);
        var options = Options!;
        var measurement = new Measurement(options);
        w.Thread("handler", async t =>
        {
            Measurement.SayReady();
            await t.Call(Calls.AwaitLauncher);
            measurement.Begin();
            if (options.Source == "timerfd") await Timer(t, options, measurement);
            else await Input(t, measurement);
            measurement.Finish(KernelOf(t).Stages);
        }, priority: 1);
        w.Threads("compute", options.Computing, async t =>
        {
            while (true)
            {
                measurement.Compute();
                await t.Compute(TimeSpan.Zero);
            }
        });
    }

    private static LinuxKernel KernelOf(ThreadContext t) => (LinuxKernel)t.Thread.Scheduler.Kernel;

    private static void Handled(ThreadContext t, Measurement measurement, long due)
    {
        var now = measurement.Handled(due);
        if (!measurement.Counts || !UserThreads.TellsStages(Options!)) return;
        var kernel = KernelOf(t);
        // In the core it is known what the kernel has stamped for this thread.
        using (new InCore(t.Thread)) kernel.Handled(t.Thread, due - kernel.Origin, now - kernel.Origin);
    }

    private static async UserTask Timer(ThreadContext t, Options options, Measurement measurement)
    {
        var timer = Calls.CreateTimer();
        Action read = () => Calls.Read(timer, out _);
        for (var ordinal = 0; ordinal < options.Events; ordinal++)
        {
            var due = measurement.Due(ordinal);
            if (due > Measurement.Now)
            {
                Calls.Arm(timer, due);
                await t.Call(read);
            }
            Handled(t, measurement, due);
        }
    }

    private static async UserTask Input(ThreadContext t, Measurement measurement)
    {
        var (due, there) = (0L, true);
        Action read = () => there = Calls.Read(0, out due);
        while (!measurement.IsComplete)
        {
            if (Calls.IsReady(0)) read();
            else await t.Call(read);
            if (!there) return;
            Handled(t, measurement, due);
        }
    }
}
