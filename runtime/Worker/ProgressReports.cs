using SchedulerActivations.Experiments.Workers;
using StreamJsonRpc;

namespace SchedulerActivations.Worker;

/// <summary>
/// Sends the progress of a run or a check, and what user code writes to the console, to the notebook: as it comes but not too
/// often, and at least every second as a sign of life. A thread of its own does it, so that neither the run waits for
/// the notebook nor the reports for the run.
/// </summary>
/// <typeparam name="T">What is reported.</typeparam>
internal sealed class ProgressReports<T> : IProgress<T>, IAsyncDisposable where T : class
{
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(1), Pause = TimeSpan.FromMilliseconds(50);

    private readonly JsonRpc _rpc;
    private readonly ConsoleOutput _output;
    private readonly SemaphoreSlim _news = new(0, 1);
    private readonly ManualResetEventSlim _ended = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<T, string?, T> _withOutput;
    private T _latest;

    public ProgressReports(JsonRpc rpc, T first, Func<T, string?, T> withOutput)
    {
        _rpc = rpc;
        _latest = first;
        _withOutput = withOutput;
        _output = new ConsoleOutput(Notify);
        Console.SetOut(_output);
        Console.SetError(_output);
        new Thread(Send) { IsBackground = true, Name = "progress" }.Start();
        // The first one at once: what it takes to send a report is loaded and compiled before the run.
        Notify();
    }

    public void Report(T value)
    {
        Volatile.Write(ref _latest, value);
        Notify();
    }

    /// <summary>Sends what is left. The events stay usable: an activation that was left behind may report even later.</summary>
    public async ValueTask DisposeAsync()
    {
        _ended.Set();
        Notify();
        await _finished.Task;
    }

    private void Notify()
    {
        // Full already: the sender has not looked since the last news, and will see these too.
        try { _news.Release(); }
        catch (SemaphoreFullException) { }
    }

    private void Send()
    {
        var last = false;
        while (!last)
        {
            _news.Wait(SignOfLife);
            _ended.Wait(Pause);
            last = _ended.IsSet;
            var report = _withOutput(Volatile.Read(ref _latest), _output.Take());
            try
            {
                // Answered, so that no more than one report is under way.
                _rpc.InvokeAsync(WorkerContract.Progress, report).GetAwaiter().GetResult();
            }
            catch (RemoteInvocationException)
            {
                // The notebook could not show it; the run does not care.
            }
            catch (Exception exception) when (exception is ConnectionLostException or ObjectDisposedException or IOException)
            {
                break;
            }
        }
        _finished.SetResult();
    }
}
