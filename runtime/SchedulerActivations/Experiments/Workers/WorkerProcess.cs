using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace SchedulerActivations.Experiments.Workers;

/// <summary>A worker's operating-system process: started, listened to, and surely ended.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly Dictionary<int, string> Signals = new()
    {
        [1] = "SIGHUP",
        [2] = "SIGINT",
        [3] = "SIGQUIT",
        [4] = "SIGILL",
        [6] = "SIGABRT",
        [7] = "SIGBUS",
        [8] = "SIGFPE",
        [9] = "SIGKILL",
        [11] = "SIGSEGV",
        [13] = "SIGPIPE",
        [15] = "SIGTERM",
    };

    private readonly Process _process;
    private readonly LastLines _lastLines = new();
    private readonly Task _listening;
    private string? _killedBecause;

    private WorkerProcess(Process process)
    {
        _process = process;
        _listening = ListenAsync(process.StandardError);
    }

    public int Id => _process.Id;

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    public static WorkerProcess Start(WorkerLocation location)
    {
        var start = new ProcessStartInfo(location.FileName, location.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // The runtime's debugger and diagnostics pipes in /tmp would outlive a worker that is killed. Whoever wants to debug one sets it to 1.
        start.Environment.TryAdd("DOTNET_EnableDiagnostics", "0");
        try
        {
            return new WorkerProcess(Process.Start(start) ?? throw new InvalidOperationException("No process was started."));
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or IOException)
        {
            throw new WorkerException($"The worker could not be started with '{location.FileName}': {exception.Message}. Is that program installed?", exception);
        }
    }

    /// <summary>Kills the worker and what it started; the first reason given is the one that is reported.</summary>
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

    /// <summary>Says why the conversation with the worker broke off. It may take <paramref name="bound"/> for its end to be seen.</summary>
    public async Task<WorkerException> ExplainAsync(TimeSpan bound, Exception cause)
    {
        if (!await ExitsWithinAsync(bound).ConfigureAwait(false))
        {
            Kill("It closed its connection or answered something that could not be understood, and was ended.");
            await _process.WaitForExitAsync().ConfigureAwait(false);
        }
        await HearLastLinesAsync(bound).ConfigureAwait(false);
        var code = _process.ExitCode;
        var signal = code > 128 ? Signals.GetValueOrDefault(code - 128) : null;
        var lastWords = _lastLines.ToString();
        var what = _killedBecause ?? (signal is null
            ? $"The worker ended in the middle of the run with exit code {code}."
            : $"The worker was ended by signal {signal} (exit code {code}) in the middle of the run.");
        var message = $"{what} {(_killedBecause is null ? Advice(code, signal, lastWords) : "")}".TrimEnd()
            + (lastWords.Length == 0 ? "" : $"{System.Environment.NewLine}Its last words: {lastWords}");
        return new WorkerException(message, cause) { ExitCode = code, Signal = signal, LastWords = lastWords };
    }

    private static string Advice(int code, string? signal, string lastWords) => signal switch
    {
        "SIGKILL" => "Something outside ended it, often the kernel when memory runs out. Run it again; if it happens again, with a shorter duration, fewer threads or Tracing = false.",
        "SIGABRT" when lastWords.Contains("Stack overflow", StringComparison.Ordinal) => "The policy or the workload calls itself without end: look for the recursion in the lines below.",
        "SIGABRT" or "SIGSEGV" or "SIGBUS" => "The policy or the workload crashed it: an exception on a thread of its own that nobody caught, FailFast, or native code. The lines below say where.",
        null when code == 0 || lastWords.Length == 0 => "The policy or the workload called Environment.Exit, or something like it: it must not, the process is not its own.",
        null => "It could not go on; the lines below say why.",
        _ => "Something outside ended it. Run it again.",
    };

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

    private async Task ListenAsync(StreamReader error)
    {
        try
        {
            while (await error.ReadLineAsync().ConfigureAwait(false) is { } line) _lastLines.Add(line);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Nothing more to be heard.
        }
    }

    /// <summary>The last lines of a text; of a stack overflow's thousands of frames also the first ones, which name it.</summary>
    private sealed class LastLines
    {
        private const int First = 5, Last = 15;
        private readonly List<string> _first = [];
        private readonly Queue<string> _last = [];
        private long _skipped;

        public void Add(string line)
        {
            lock (_last)
            {
                if (_first.Count < First)
                {
                    _first.Add(line);
                    return;
                }
                _last.Enqueue(line);
                if (_last.Count <= Last) return;
                _last.Dequeue();
                _skipped++;
            }
        }

        public override string ToString()
        {
            lock (_last)
            {
                var text = new StringBuilder().AppendJoin('\n', _first);
                if (_skipped > 0) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n… {_skipped} lines …");
                foreach (var line in _last) text.Append('\n').Append(line);
                return text.ToString().Trim();
            }
        }
    }
}
