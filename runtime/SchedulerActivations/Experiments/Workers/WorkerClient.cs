using SchedulerActivations.Exploration;
using StreamJsonRpc;

namespace SchedulerActivations.Experiments.Workers;

/// <summary>Has an experiment run by a worker process: one process a run, started for it and gone after it.</summary>
internal static class WorkerClient
{
    /// <summary>Has an experiment run.</summary>
    /// <param name="location">The worker program.</param>
    /// <param name="experiment">What to run.</param>
    /// <param name="progress">Told how far it has come.</param>
    /// <param name="bounds">How long the worker is waited for.</param>
    /// <param name="cancellation">Ends the run early.</param>
    /// <param name="started">Told the process' id.</param>
    /// <param name="running">Given what can be said to the worker while it runs the experiment.</param>
    public static Task<ExperimentResult> RunAsync(
        WorkerLocation location, Experiment experiment, IProgress<RunProgress>? progress, WorkerBounds bounds, CancellationToken cancellation,
        Action<int>? started = null, Action<RunningWorker>? running = null)
    {
        var request = new RunRequest(experiment, new ComponentCatalog().DependenciesOf(experiment));
        var vm = experiment.Machine.Vm;
        if (vm is not null) bounds = bounds.InVm;
        // A multiple of so long a duration may be more than there is.
        var bound = experiment.Duration < TimeSpan.FromDays(365) ? (experiment.Duration * bounds.Slowdown) + bounds.Overrun : TimeSpan.MaxValue;
        var overdue = $"The run was to take {experiment.Duration.TotalSeconds:0.###} s and had not ended {(bound - experiment.Duration).TotalSeconds:0.#} s after that, so the worker was ended. Look for a loop without an await in the workload, or for one without an end in Define or in a constructor.";
        return ConverseAsync(StartAsync, location, bounds, bound, overdue, started,
            (rpc, output) => rpc.AddLocalRpcMethod(WorkerContract.Progress, (RunProgress report) => output.Answer(() => progress?.Report(report))),
            async rpc =>
            {
                var outcome = rpc.InvokeWithCancellationAsync<Outcome<ExperimentResult>>(WorkerContract.Run, [request], cancellation);
                running?.Invoke(new RunningWorker(rpc));
                return await outcome.ConfigureAwait(false);
            }, cancellation);

        void Say(string waiting) => progress?.Report(new RunProgress(TimeSpan.Zero, experiment.Duration, Waiting: waiting));

        async Task<IWorker> StartAsync() => vm is null
            ? WorkerProcess.Start(location, experiment.Machine.NeedsWarmWorker)
            : await GuestWorker.StartAsync(vm, location, Say, cancellation).ConfigureAwait(false);
    }

    /// <summary>Has a policy checked under many schedules.</summary>
    public static Task<CheckResult> CheckAsync(
        WorkerLocation location, PolicyCheck check, IProgress<CheckProgress>? progress, WorkerBounds bounds, CancellationToken cancellation)
    {
        var components = check.Workload is null ? [check.Policy] : new[] { check.Policy, check.Workload };
        var request = new CheckRequest(check, new ComponentCatalog().DependenciesOf(components));
        // How long it takes depends on what user code does; one that hangs is noticed in the worker.
        return ConverseAsync(() => Task.FromResult<IWorker>(WorkerProcess.Start(location)), location, bounds, TimeSpan.MaxValue, "", null,
            (rpc, output) => rpc.AddLocalRpcMethod(WorkerContract.Progress, (CheckProgress report) => output.Answer(() => progress?.Report(report))),
            rpc => rpc.InvokeWithCancellationAsync<Outcome<CheckResult>>(WorkerContract.Check, [request], cancellation), cancellation);
    }

    private static async Task<T> ConverseAsync<T>(
        Func<Task<IWorker>> start, WorkerLocation location, WorkerBounds bounds, TimeSpan bound, string overdue, Action<int>? started,
        Action<JsonRpc, WatchedStream> listen, Func<JsonRpc, Task<Outcome<T>>> ask, CancellationToken cancellation) where T : class
    {
        var worker = await start().ConfigureAwait(false);
        await using (worker.ConfigureAwait(false))
        {
            started?.Invoke(worker.Id);
            using var output = new WatchedStream(worker.Output, bounds.Silence, () => worker.Kill(
                $"The worker has said nothing for {bounds.Silence.TotalSeconds:0.#} s, so it hangs, and was ended. Look for a loop without an end that starts many tasks, or for a computer that is out of memory."));
            using var rpc = WorkerContract.Open(worker.Input, output);
            listen(rpc, output);
            rpc.Disconnected += (_, end) =>
            {
                // A message that ends too early is a worker that died; anything else that cannot be read is no worker at all.
                if (end.Exception is { } fault and not (IOException or ObjectDisposedException or OperationCanceledException))
                    worker.Kill($"What the worker answered could not be understood ({fault.Message.TrimEnd('.')}), so it was ended. Is '{location.FileName} {string.Join(' ', location.Arguments)}' the worker of this library?");
            };
            rpc.StartListening();
            try
            {
                using var stop = new CancellationTokenSource();
                using var killing = stop.Token.Register(() => worker.Kill("It did not end when it was told to."));
                using var stopping = cancellation.Register(() => stop.CancelAfter(bounds.Stop));
                await GreetAsync(rpc, worker, location, cancellation).ConfigureAwait(false);
                using var overrun = new Patience(bound, () => worker.Kill(overdue));
                // Longer than a timer can wait is as good as for ever.
                if (bound.TotalMilliseconds < int.MaxValue) overrun.Begin();
                return (await ask(rpc).ConfigureAwait(false)).Unwrap();
            }
            catch (Exception exception) when (cancellation.IsCancellationRequested && exception is not WorkerException { RemoteDetails: not null })
            {
                throw new OperationCanceledException("The run was cancelled.", exception, cancellation);
            }
            catch (Exception exception) when (exception is ConnectionLostException or ObjectDisposedException or IOException or RemoteRpcException or OperationCanceledException)
            {
                throw await worker.ExplainAsync(bounds.Stop, exception).ConfigureAwait(false);
            }
        }
    }

    private static async Task GreetAsync(JsonRpc rpc, IWorker worker, WorkerLocation location, CancellationToken cancellation)
    {
        WorkerGreeting greeting;
        try
        {
            greeting = await rpc.InvokeWithCancellationAsync<WorkerGreeting>(WorkerContract.Hello, [], cancellation).ConfigureAwait(false);
        }
        catch (RemoteMethodNotFoundException)
        {
            greeting = new WorkerGreeting(0, "unknown", worker.Id);
        }
        if (greeting.Protocol != WorkerContract.Protocol || greeting.Version != location.Version)
            throw new WorkerException($"The worker in {location.Folder} is of version {greeting.Version} (protocol {greeting.Protocol}), this library of version {location.Version} (protocol {WorkerContract.Protocol}). Build or install both together.");
    }
}
