using System.Diagnostics;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Network;
using SchedulerActivations.Machines.Linux;

namespace SchedulerActivations.Machines.Peers;

/// <summary>
/// A run of the network server without our scheduler: the same sockets, clients and work as on the stock machine,
/// by somebody else's means.
/// </summary>
internal abstract class PeerRun(Experiment experiment, ComponentCatalog components)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private long _origin;
    private volatile bool _over;

    /// <summary>What a connection's thread or a computing one has done.</summary>
    protected sealed class Worker(string name)
    {
        public string Name => name;

        public long WorkNanoseconds;

        public void Compute(TimeSpan work)
        {
            WorkUnit.Do(Nanoseconds.Of(work));
            WorkNanoseconds += Nanoseconds.Of(work);
        }
    }

    protected Experiment Experiment => experiment;

    /// <summary>Whether the run is over and everything shall end.</summary>
    protected bool Over => _over;

    public ExperimentResult Run(IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        var started = DateTimeOffset.Now;
        var server = components.Create<Workload>(experiment.Workload) as NetworkServer ?? throw new NotSupportedException(
            $"The machine '{experiment.Machine.Name}' has no user threads and runs the workload NetworkServer only, not {experiment.Workload.Name}.");
        var workload = new WorkloadDefinition(experiment.Seed, experiment.Duration);
        server.Define(workload);
        WorkUnit.Prepare();
        using var network = LoopbackNetwork.Open(workload, experiment)!;
        var workers = workload.Initial.Select(thread => new Worker(thread.Name)).ToList();
        _origin = Stopwatch.GetTimestamp();
        try
        {
            for (var i = 0; i < workers.Count; i++)
            {
                if (i < workload.Connections.Count) StartServing(workload.Connections[i], workers[i], server.WorkPerRequest);
                else StartComputing(workers[i], server.WorkBetweenSafepoints);
            }
        }
        catch
        {
            // Those that have been started would compute for ever.
            _over = true;
            throw;
        }
        network.Start(_origin);
        for (var now = TimeSpan.Zero; now < experiment.Duration; now = Stopwatch.GetElapsedTime(_origin))
        {
            progress?.Report(new RunProgress(now, experiment.Duration));
            var left = experiment.Duration - now;
            if (cancellation.WaitHandle.WaitOne(left < Tick ? left : Tick)) break;
        }
        _over = true;
        var worked = Stopwatch.GetTimestamp() - _origin;
        var elapsed = Math.Min(worked, Nanoseconds.Of(experiment.Duration));
        // What was computed is read at once: computing threads end with their stretch.
        var threads = workers.Select((worker, i) => new ThreadSummary(
            i + 1, worker.Name, UserThreadState.Running, TimeSpan.FromTicks(Volatile.Read(ref worker.WorkNanoseconds) / 100), null)).ToList();
        network.Stop();
        var ended = WaitForAll(Patience);
        cancellation.ThrowIfCancellationRequested();
        return new ExperimentResult
        {
            Experiment = experiment,
            Environment = RunEnvironment.Capture(started),
            Elapsed = TimeSpan.FromTicks(elapsed / 100),
            Ports = [.. workload.Ports.Select(port => port.Measure(elapsed))],
            Threads = threads,
            Throughput = threads.Sum(thread => thread.Work.Ticks) * 100.0 / (Math.Max(1, worked) * experiment.VirtualProcessors),
            Network = NetworkLatency.Of(workload.Connections, elapsed),
            Notes = [.. network.Notes(), .. ended ? Array.Empty<string>() : [$"Not all threads ended within {Patience.TotalSeconds:0} s after the run."]],
        };
    }

    /// <summary>Begins to answer a connection's requests, each with so much work.</summary>
    protected abstract void StartServing(Connection connection, Worker worker, TimeSpan work);

    /// <summary>Begins to compute without end, so much at a time.</summary>
    protected abstract void StartComputing(Worker worker, TimeSpan stretch);

    /// <summary>Waits until everything that was started has ended; false when it takes longer than this.</summary>
    protected abstract bool WaitForAll(TimeSpan patience);

    /// <summary>A request has reached the code that answers it.</summary>
    protected void RecordReactivity(Connection connection, int number) =>
        connection.Port.Handle(number, Stopwatch.GetTimestamp() - _origin);
}
