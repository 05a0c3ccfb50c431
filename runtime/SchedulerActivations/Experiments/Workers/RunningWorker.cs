using StreamJsonRpc;

namespace SchedulerActivations.Experiments.Workers;

/// <summary>A worker with a run under way: what can be said to it meanwhile.</summary>
internal sealed class RunningWorker(JsonRpc rpc)
{
    /// <summary>Has another policy take over; null when the run ends before.</summary>
    public async Task<PolicySwap?> SwapAsync(SwapRequest request)
    {
        try
        {
            var outcome = await rpc.InvokeAsync<Outcome<PolicySwap>>(WorkerContract.Swap, request).ConfigureAwait(false);
            return outcome is { Result: null, Failure: null } ? null : outcome.Unwrap();
        }
        catch (Exception exception) when (exception is ConnectionLostException or ObjectDisposedException or IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
