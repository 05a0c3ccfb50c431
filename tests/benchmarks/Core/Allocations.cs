using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace SchedulerActivations.Benchmarks;

/// <summary>
/// What an operation allocates once everything is there. Each benchmark is a run of its own, whose few objects (the threads, what
/// they wait for) are spread over its millions of operations.
/// </summary>
[MemoryDiagnoser]
[SuppressMessage("Performance", "CA1822", Justification = "BenchmarkDotNet calls them on an instance.")]
public class Allocations
{
    /// <summary>Runs the benchmarks in this process and prints BenchmarkDotNet's table.</summary>
    public static void Run() => BenchmarkRunner.Run<Allocations>(DefaultConfig.Instance
        .AddJob(Job.Default.WithToolchain(InProcessNoEmitToolchain.Instance).WithInvocationCount(8).WithUnrollFactor(1).WithWarmupCount(6).WithIterationCount(5))
        .WithOptions(ConfigOptions.DisableOptimizationsValidator)
        .WithArtifactsPath(Path.Combine("out", "bench", "allocations")));

    [Benchmark(OperationsPerInvoke = 1_000_000)]
    public double Yield() => CoreRun.Measure(t => Workloads.Once(t, Workloads.Yields));

    [Benchmark(OperationsPerInvoke = 2_000_000)]
    public double MutexLockAndUnlock() => CoreRun.Measure(t => Workloads.Once(t, Workloads.Locks));

    [Benchmark(OperationsPerInvoke = 200_000)]
    public double ContendedMutexLockAndUnlock() => CoreRun.Measure(t => Workloads.Once(t, Workloads.Contended));

    [Benchmark(OperationsPerInvoke = 500_000)]
    public double ChannelMessage() => CoreRun.Measure(t => Workloads.Once(t, Workloads.PingPong));
}
