using System.Diagnostics.CodeAnalysis;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Workers;
using SchedulerActivations.Exploration;
using SchedulerActivations.Specialization;
using StreamJsonRpc;

namespace SchedulerActivations.Worker;

/// <summary>Answers a notebook's calls.</summary>
/// <param name="calls">Where they come from.</param>
/// <param name="answers">Where the answers go.</param>
[SuppressMessage("Design", "CA1031", Justification = "Every failure of a run is part of its outcome.")]
internal sealed class RunService(Stream calls, Stream answers)
{
    private readonly ComponentCatalog _components = new();
    private readonly RunControl _control = new();

    public async Task ServeAsync()
    {
        using var rpc = WorkerContract.Open(answers, calls);
        rpc.AddLocalRpcMethod(WorkerContract.Hello, () => new WorkerGreeting(WorkerContract.Protocol, RunEnvironment.LibraryVersion, Environment.ProcessId));
        rpc.AddLocalRpcMethod(WorkerContract.Run, (RunRequest request, CancellationToken cancellation) => RunAsync(rpc, request, cancellation));
        rpc.AddLocalRpcMethod(WorkerContract.Check, (CheckRequest request, CancellationToken cancellation) => CheckAsync(rpc, request, cancellation));
        rpc.AddLocalRpcMethod(WorkerContract.Swap, (SwapRequest request) => SwapAsync(request));
        rpc.StartListening();
        await rpc.Completion;
    }

    private async Task<Outcome<ExperimentResult>> RunAsync(JsonRpc rpc, RunRequest request, CancellationToken cancellation)
    {
        await using var reports = new ProgressReports<RunProgress>(
            rpc, new RunProgress(TimeSpan.Zero, request.Experiment.Duration), (report, output) => report with { Output = output });
        return await OnItsOwnThreadAsync(() =>
        {
            _components.AddDependencies(request.Dependencies);
            return ExperimentRunner.Run(request.Experiment, _components, _control, reports, cancellation);
        }, cancellation);
    }

    private async Task<Outcome<CheckResult>> CheckAsync(JsonRpc rpc, CheckRequest request, CancellationToken cancellation)
    {
        await using var reports = new ProgressReports<CheckProgress>(
            rpc, new CheckProgress(0, request.Check.Schedules, false), (report, output) => report with { Output = output });
        return await OnItsOwnThreadAsync(() =>
        {
            _components.AddDependencies(request.Dependencies);
            return PolicyChecker.Check(request.Check, _components, reports, cancellation);
        }, cancellation);
    }

    // The policy is loaded and made here: its constructor is a cell's code too and must not run in the middle of the run.
    private async Task<Outcome<PolicySwap>> SwapAsync(SwapRequest request)
    {
        var made = await OnItsOwnThreadAsync(() =>
        {
            _components.AddDependencies(request.Dependencies);
            return new Succession(request.Policy, _components.Create<SchedulingPolicy>(request.Policy));
        }, CancellationToken.None);
        if (made.Result is not { } succession) return new Outcome<PolicySwap>(null, made.Failure);
        _control.Ask(succession);
        try
        {
            return new Outcome<PolicySwap>(new PolicySwap(await succession.Happened, request.Policy), null);
        }
        catch (InvalidOperationException)
        {
            // Neither result nor failure: the run ended before.
            return new Outcome<PolicySwap>(null, null);
        }
    }

    private static Task<Outcome<T>> OnItsOwnThreadAsync<T>(Func<T> work, CancellationToken cancellation) where T : class
    {
        var outcome = new TaskCompletionSource<Outcome<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                outcome.SetResult(new Outcome<T>(work(), null));
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                outcome.SetCanceled(cancellation);
            }
            catch (Exception exception)
            {
                outcome.SetResult(new Outcome<T>(null, RunFailure.Of(exception)));
            }
        })
        { IsBackground = true, Name = "experiment" }.Start();
        return outcome.Task;
    }
}
