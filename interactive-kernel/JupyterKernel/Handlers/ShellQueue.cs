using System.Threading.Channels;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>Requests that wait for the running cell.</summary>
/// <remarks>
/// A front end that runs all cells sends them all at once. When one fails, those behind it must not run: they are
/// called off here, and each is answered with "aborted" when its turn comes.
/// </remarks>
internal sealed class ShellQueue
{
    private readonly Channel<Request> _requests = Channel.CreateUnbounded<Request>(new() { SingleReader = true });
    private readonly HashSet<Request> _waiting = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Request> _calledOff = new(ReferenceEqualityComparer.Instance);
    private readonly Lock _gate = new();

    public void Add(Request request)
    {
        lock (_gate)
            _waiting.Add(request);
        _requests.Writer.TryWrite(request);
    }

    public void Close() => _requests.Writer.TryComplete();

    public async IAsyncEnumerable<Request> ReadAllAsync()
    {
        await foreach (var request in _requests.Reader.ReadAllAsync())
        {
            lock (_gate)
                _waiting.Remove(request);
            yield return request;
        }
    }

    /// <summary>Calls off every cell that waits at this moment.</summary>
    public void CallOffWaiting()
    {
        lock (_gate)
            _calledOff.UnionWith(_waiting.Where(static request => request.Type == "execute_request"));
    }

    /// <summary>Whether the request was called off; asked once for each.</summary>
    public bool WasCalledOff(Request request)
    {
        lock (_gate)
            return _calledOff.Remove(request);
    }
}
