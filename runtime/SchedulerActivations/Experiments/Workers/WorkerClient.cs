using StreamJsonRpc;

namespace SchedulerActivations.Experiments.Workers;

/// <summary>Has an experiment run by a worker process: one process a run, started for it and gone after it.</summary>
internal static class WorkerClient
{
    public static async Task<ExperimentResult> RunAsync(
        WorkerLocation location, Experiment experiment, IProgress<RunProgress>? progress, WorkerBounds bounds, CancellationToken cancellation,
        Action<int>? started = null)
    {
        var request = new RunRequest(experiment, new ComponentCatalog().DependenciesOf(experiment));
        var vm = experiment.Machine.Vm;
        if (vm is not null) bounds = bounds.InVm;
        IWorker worker = vm is null
            ? WorkerProcess.Start(location, experiment.Machine.NeedsWarmWorker)
            : await WorkerVm.StartWorkerAsync(vm, location, progress, cancellation).ConfigureAwait(false);
        await using (worker.ConfigureAwait(false))
        {
            started?.Invoke(worker.Id);
            using var output = new WatchedStream(worker.Output, bounds.Silence, () => worker.Kill(
                $"The worker has said nothing for {bounds.Silence.TotalSeconds:0.#} s, so it hangs, and was ended. Look for a loop without an end that starts many tasks, or for a computer that is out of memory."));
            using var rpc = WorkerContract.Open(worker.Input, output);
            rpc.AddLocalRpcMethod(WorkerContract.Progress, (RunProgress report) => progress?.Report(report));
            rpc.Disconnected += (_, end) =>
            {
                // A message that ends too early is a worker that died; anything else that cannot be read is no worker at all.
                if (end.Exception is { } fault and not (IOException or ObjectDisposedException or OperationCanceledException))
                    worker.Kill($"What the worker answered could not be understood ({fault.Message.TrimEnd('.')}), so it was ended. Is '{location.FileName} {string.Join(' ', location.Arguments)}' the worker of this library?");
            };
            rpc.StartListening();
            try
            {
                return await ConverseAsync(rpc, worker, request, location, bounds, cancellation).ConfigureAwait(false);
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

    private static async Task<ExperimentResult> ConverseAsync(
        JsonRpc rpc, IWorker worker, RunRequest request, WorkerLocation location, WorkerBounds bounds, CancellationToken cancellation)
    {
        using var stop = new CancellationTokenSource();
        using var killing = stop.Token.Register(() => worker.Kill("It did not end when it was told to."));
        using var stopping = cancellation.Register(() => stop.CancelAfter(bounds.Stop));

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

        var bound = (request.Experiment.Duration * bounds.Slowdown) + bounds.Overrun;
        using var overrun = new Timer(_ => worker.Kill(
            $"The run was to take {request.Experiment.Duration.TotalSeconds:0.###} s and had not ended after {bound.TotalSeconds:0.#} s, so the worker was ended. Look for a loop without an await in the workload, or for one without an end in Define or in a constructor."));
        // Longer than a timer can wait is as good as for ever.
        if (bound.TotalMilliseconds < int.MaxValue) overrun.Change(bound, Timeout.InfiniteTimeSpan);

        var outcome = await rpc.InvokeWithCancellationAsync<RunOutcome>(WorkerContract.Run, [request], cancellation).ConfigureAwait(false);
        return outcome switch
        {
            { Result: { } result } => result,
            { Failure: { Blamed: true } failure } => throw new ComponentException(failure.Message, new WorkerException(failure.Message) { RemoteDetails = failure.Details }) { Cell = failure.Cell, Line = failure.Line },
            { Failure: { } failure } => throw new WorkerException($"The run failed in the worker: {failure.Type}: {failure.Message}") { RemoteDetails = failure.Details },
            _ => throw new WorkerException("The worker ended the run without a result. Build or install the library and the worker together."),
        };
    }
}
