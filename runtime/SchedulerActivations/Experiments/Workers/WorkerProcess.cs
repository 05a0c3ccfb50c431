using System.ComponentModel;
using System.Diagnostics;

namespace SchedulerActivations.Experiments.Workers;

/// <summary>A worker's operating-system process: started, listened to, and surely ended.</summary>
internal sealed class WorkerProcess : IWorker
{
    private readonly Process _process;
    private readonly LastLines _lastLines = new();
    private readonly Task _listening;
    private string? _killedBecause;

    private WorkerProcess(Process process)
    {
        _process = process;
        _listening = _lastLines.ListenAsync(process.StandardError);
    }

    public int Id => _process.Id;

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What a worker's environment has, here or in a VM.</summary>
    /// <param name="warm">Whether everything shall be compiled once and for good: where an upcall must not wait for the compiler.</param>
    public static IReadOnlyDictionary<string, string> Environment(bool warm)
    {
        // The runtime's debugger and diagnostics pipes in /tmp would outlive a worker that is killed. Whoever wants to debug one sets it to 1.
        var variables = new Dictionary<string, string>
        {
            ["DOTNET_EnableDiagnostics"] = "0",
            // 16 MiB of new objects before the collector looks at them. The runtime goes by the size of the caches, which many a VM hides:
            // there a program that makes many threads took half as long again (sumtime(2000): 0.43 ms in the mean, 0.27 with this).
            ["DOTNET_GCgen0size"] = "0x1000000",
        };
        if (warm)
        {
            variables["DOTNET_TieredCompilation"] = "0";
            // In a program that was compiled ahead of time this code would stay as it came: 6 % slower, and still to be linked at its first calls.
            variables["DOTNET_ReadyToRunExcludeList"] = "SchedulerActivations;SchedulerActivations.Policies";
        }
        return variables;
    }

    public static WorkerProcess Start(WorkerLocation location, bool warm = false)
    {
        var start = new ProcessStartInfo(location.FileName, location.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in Environment(warm)) start.Environment.TryAdd(name, value);
        try
        {
            return new WorkerProcess(Process.Start(start) ?? throw new InvalidOperationException("No process was started."));
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or IOException)
        {
            throw new WorkerException($"The worker could not be started with '{location.FileName}': {exception.Message}. Is that program installed?", exception);
        }
    }

    /// <summary>Kills the worker and what it started.</summary>
    public void Kill(string because)
    {
        Interlocked.CompareExchange(ref _killedBecause, because, null);
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended between the question and the deed.
        }
    }

    /// <inheritdoc/>
    public async Task<WorkerException> ExplainAsync(TimeSpan bound, Exception cause)
    {
        if (!await ExitsWithinAsync(bound).ConfigureAwait(false))
        {
            Kill("It closed its connection or answered something that could not be understood, and was ended.");
            await _process.WaitForExitAsync().ConfigureAwait(false);
        }
        await HearLastLinesAsync(bound).ConfigureAwait(false);
        return WorkerEnd.Explain(_process.ExitCode, _killedBecause, _lastLines.ToString(), cause);
    }

    /// <summary>Ends the worker if it has not ended: its input is closed already, which tells it to; then by force.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!await ExitsWithinAsync(new WorkerBounds().Stop).ConfigureAwait(false))
        {
            Kill("It did not end when it was told to.");
            await _process.WaitForExitAsync().ConfigureAwait(false);
        }
        await HearLastLinesAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task<bool> ExitsWithinAsync(TimeSpan bound)
    {
        using var overdue = new CancellationTokenSource(bound);
        try
        {
            await _process.WaitForExitAsync(overdue.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // Bounded: a program that user code started may hold the worker's standard error open for longer than it lives.
    private async Task HearLastLinesAsync(TimeSpan bound) =>
        await Task.WhenAny(_listening, Task.Delay(bound)).ConfigureAwait(false);
}
