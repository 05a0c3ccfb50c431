using System.Diagnostics.CodeAnalysis;
using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Workers;
using StreamJsonRpc;

namespace SchedulerActivations.Worker;

/// <summary>Answers the notebook's calls.</summary>
internal sealed class RunService(Channel channel)
{
    public async Task ServeAsync()
    {
        using var rpc = WorkerContract.Open(channel.Output, channel.Input);
        rpc.AddLocalRpcMethod(WorkerContract.Hello, () => new WorkerGreeting(WorkerContract.Protocol, RunEnvironment.LibraryVersion, Environment.ProcessId));
        rpc.AddLocalRpcMethod(WorkerContract.Run, (RunRequest request, CancellationToken cancellation) => RunAsync(rpc, request, cancellation));
        rpc.StartListening();
        await rpc.Completion;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Every failure of a run is part of its outcome.")]
    private static async Task<RunOutcome> RunAsync(JsonRpc rpc, RunRequest request, CancellationToken cancellation)
    {
        await using var reports = new ProgressReports(rpc, request.Experiment.Duration);
        var outcome = new TaskCompletionSource<RunOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                var components = new ComponentCatalog();
                components.AddDependencies(request.Dependencies);
                outcome.SetResult(new RunOutcome(ExperimentRunner.Run(request.Experiment, components, reports, cancellation), null));
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                outcome.SetCanceled(cancellation);
            }
            catch (Exception exception)
            {
                var blamed = exception as ComponentException;
                outcome.SetResult(new RunOutcome(null, new RunFailure(
                    exception.GetType().Name, exception.Message, blamed is not null, blamed?.Cell, blamed?.Line, exception.ToString())));
            }
        })
        { IsBackground = true, Name = "experiment" }.Start();
        return await outcome.Task;
    }
}
