using System.Text.Json.Nodes;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Machines.Stock;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

/// <summary>Results that no machine measured: figures that a test can know.</summary>
internal static class SampleResults
{
    public const string Source = "#!policy\npublic sealed class Broken : SchedulingPolicy\n{\n    protected override UserThread? FindNextToRun(VirtualProcessor vp) => throw new(\"lost <count>\");\n}";

    /// <summary>Four computing threads in turns of 4 ms; an event every 10 ms that waits as long as is said.</summary>
    public static ExperimentResult Of(string policy, Machine machine, int virtualProcessors, TimeSpan wait, JsonObject? parameters = null)
    {
        var (reactivity, events) = Events(virtualProcessors, wait.Ticks * 100);
        return new ExperimentResult
        {
            Experiment = new Experiment
            {
                Policy = new Component { TypeName = policy, AssemblyName = "Cell3_1", Source = Source, Parameters = parameters ?? [] },
                Workload = new Component { TypeName = "ComputeAndIo", AssemblyName = "SchedulerActivations" },
                Machine = machine,
                VirtualProcessors = virtualProcessors,
                Duration = TimeSpan.FromSeconds(1),
            },
            Environment = new RunEnvironment("Linux", "test", 2, "10.0", "0.1.0", DateTimeOffset.UnixEpoch),
            Elapsed = TimeSpan.FromSeconds(1),
            Ports = [new PortReactivity("port 1", reactivity, 99, 99)],
            Threads = [.. Enumerable.Range(1, 5).Select(id => new ThreadSummary(id, id == 5 ? "io 1" : $"compute {id}", UserThreadState.Ready, TimeSpan.Zero, null))],
            Throughput = 0.9876,
            Trace = new Trace(events, 0),
        };
    }

    public static ExperimentResult Ejected() => Of("Broken", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5)) with
    {
        Ejection = new PolicyEjection(PolicyRule.DoesNotThrow, "FindNextToRun threw InvalidOperationException: lost <count>.", "FindNextToRun", TimeSpan.FromMilliseconds(12.5), "Cell [3]", 4, "at Broken.FindNextToRun"),
        Notes = ["The kernel was slow today."],
    };

    public static IReadOnlyList<ExperimentResult> Compared() =>
        [.. from machine in new Machine[] { new SimulatedMachine(), new StockMachine() }
            from processors in new[] { 1, 2 }
            from policy in new[] { (Name: "RoundRobin", Wait: 12_000), (Name: "IoFirst", Wait: 20) }
            select Of(policy.Name, machine, processors, TimeSpan.FromMicroseconds(policy.Wait / processors))];

    private static (ReactivityHistogram, List<TraceEvent>) Events(int virtualProcessors, long wait)
    {
        var reactivity = new ReactivityHistogram();
        var events = new List<TraceEvent>();
        for (long time = 0; time < 1_000_000_000; time += 4_000_000)
            for (var vp = 0; vp < virtualProcessors; vp++)
                events.Add(new TraceEvent(time, vp, 1 + (int)(time / 4_000_000 + vp) % 4, TraceEventKind.Running, 0));
        for (var i = 1; i < 100; i++)
        {
            // Some wait longer than others, as they do.
            var handled = i * 10_000_000L + wait * (100 + i % 7 * 10) / 100;
            reactivity.Record(handled - i * 10_000_000L);
            events.Add(new TraceEvent(i * 10_000_000L, -1, 0, TraceEventKind.EventDue, 0));
            events.Add(new TraceEvent(handled, 0, 5, TraceEventKind.Running, 0));
            events.Add(new TraceEvent(handled, 0, 5, TraceEventKind.EventHandled, 0));
            events.Add(new TraceEvent(handled + 50_000, 0, 1, TraceEventKind.Running, 0));
        }
        return (reactivity, [.. events.OrderBy(entry => entry.Time)]);
    }
}
