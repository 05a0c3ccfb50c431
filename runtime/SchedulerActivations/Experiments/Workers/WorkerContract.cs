using SchedulerActivations.Exploration;
using StreamJsonRpc;

namespace SchedulerActivations.Experiments.Workers;

/// <summary>
/// What a notebook and a worker say to each other: JSON-RPC over the worker's standard input and output.
/// <code>
///   notebook                         worker
///      |  hello() -------------------&gt;  |   once; versions are compared
///      |  run(request) --------------&gt;  |   answered by the outcome when the run is over
///      |  check(request) ------------&gt;  |   instead of run: a policy under many schedules
///      |  &lt;---------- progress(report)  |   a few times a second, at least every second; answered, so that a slow
///      |                                |   reader slows the reports and not the run
///      |  swap(request) -------------&gt;  |   during a run: another policy; answered when it has taken over
///      |  $/cancelRequest -----------&gt;  |   ends the run early
///      |  (end of input) ------------&gt;  |   the notebook is gone: the worker ends
/// </code>
/// </summary>
internal static class WorkerContract
{
    public const string Hello = "hello", Run = "run", Check = "check", Swap = "swap", Progress = "progress";

    /// <summary>Raised whenever a message changes its meaning.</summary>
    public const int Protocol = 1;

    /// <summary>Opens the conversation; local methods are added before <see cref="JsonRpc.StartListening"/>.</summary>
    public static JsonRpc Open(Stream send, Stream receive) => new(
        new HeaderDelimitedMessageHandler(send, receive, new SystemTextJsonFormatter { JsonSerializerOptions = ExperimentJson.Options }))
    {
        // A worker that waits for a cancelled call's answer would hold its notebook up, and the reverse.
        CancelLocallyInvokedMethodsWhenConnectionIsClosed = true,
    };
}

/// <summary>Who the worker is.</summary>
internal sealed record WorkerGreeting(int Protocol, string Version, int ProcessId);

/// <summary>What to run, with the assemblies it needs and that a worker does not have.</summary>
internal sealed record RunRequest(Experiment Experiment, IReadOnlyList<Dependency> Dependencies);

/// <summary>What to check, with the assemblies it needs and that a worker does not have.</summary>
internal sealed record CheckRequest(PolicyCheck Check, IReadOnlyList<Dependency> Dependencies);

/// <summary>Which policy shall take the run over.</summary>
internal sealed record SwapRequest(Component Policy, IReadOnlyList<Dependency> Dependencies);

/// <summary>An assembly that a component refers to: where it is, or itself if it is a cell's.</summary>
internal sealed record Dependency(string Name, string? Path, byte[]? Image);

/// <summary>What came of a request: exactly one of the two is set.</summary>
internal sealed record Outcome<T>(T? Result, RunFailure? Failure) where T : class
{
    /// <summary>The result; throws where there is none.</summary>
    public T Unwrap() => this switch
    {
        { Result: { } result } => result,
        { Failure: { Blamed: true } failure } => throw new ComponentException(failure.Message, new WorkerException(failure.Message) { RemoteDetails = failure.Details }) { Cell = failure.Cell, Line = failure.Line },
        { Failure: { } failure } => throw new WorkerException($"The run failed in the worker: {failure.Type}: {failure.Message}") { RemoteDetails = failure.Details },
        _ => throw new WorkerException("The worker ended the run without a result. Build or install the library and the worker together."),
    };
}

/// <summary>Why a run failed.</summary>
/// <param name="Type">The exception's type.</param>
/// <param name="Message">Its message.</param>
/// <param name="Blamed">Whether it is a <see cref="ComponentException"/>.</param>
/// <param name="Cell">That exception's cell.</param>
/// <param name="Line">That exception's line.</param>
/// <param name="Details">The exception in full.</param>
internal sealed record RunFailure(string Type, string Message, bool Blamed, string? Cell, int? Line, string Details)
{
    public static RunFailure Of(Exception exception)
    {
        var blamed = exception as ComponentException;
        return new RunFailure(exception.GetType().Name, exception.Message, blamed is not null, blamed?.Cell, blamed?.Line, exception.ToString());
    }
}
