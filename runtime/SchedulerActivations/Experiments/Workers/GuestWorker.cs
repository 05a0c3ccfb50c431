using System.Net.Sockets;

namespace SchedulerActivations.Experiments.Workers;

/// <summary>A worker in a VM, at the other end of a virtio-serial port.</summary>
internal sealed class GuestWorker(WorkerVm vm, Socket socket) : IWorker
{
    // The guest is emulated, and may be busy.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _killedBecause;

    public int Id => vm.Id;

    public Stream Input => _stream;

    public Stream Output => _stream;

    /// <summary>The guest says that the worker has ended, with this exit code.</summary>
    public void Ended(int code)
    {
        _ended.TrySetResult(code);
        _stream.Dispose();
    }

    /// <inheritdoc/>
    public void Kill(string because)
    {
        Interlocked.CompareExchange(ref _killedBecause, because, null);
        // A worker whose line is cut ends at once, whatever its threads do.
        _stream.Dispose();
    }

    /// <inheritdoc/>
    public async Task<WorkerException> ExplainAsync(TimeSpan bound, Exception cause)
    {
        _stream.Dispose();
        if (await EndsAsync().ConfigureAwait(false))
            return WorkerEnd.Explain(await _ended.Task.ConfigureAwait(false), _killedBecause, vm.LastWords, cause);
        return await vm.ExplainEndAsync("in the middle of the run", _killedBecause, cause).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _stream.Dispose();
        await EndsAsync().ConfigureAwait(false);
        vm.Release();
    }

    // True when the worker has ended, and the VM is ready for the next; false when the VM has ended or was ended.
    private async Task<bool> EndsAsync()
    {
        if (await Task.WhenAny(_ended.Task, vm.WaitForEndAsync(), Task.Delay(s_patience)).ConfigureAwait(false) == _ended.Task) return true;
        vm.Kill();
        return false;
    }
}
