using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using SchedulerActivations.Machines;

namespace SchedulerActivations.Experiments.Workers;

/// <summary>
/// A VM in which workers run, one after the other. It is started for the first run that needs it, stays warm, and ends with
/// this process: its input closes then, which tells it to power off.
/// </summary>
/// <remarks>
/// In the guest, a loop starts a worker as soon as the one before has ended, so that the next run finds one waiting at the
/// virtio-serial port, and has rehearsed it (Rehearsal in the worker's program). On the guest's standard output the loop says
/// that the VM is up and how each worker has ended, and a worker (through its descriptor 3) that it is prepared.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as this process.")]
internal sealed class WorkerVm
{
    // $@ is the worker's command. The input's end is the notebook's end.
    private const string GuestLoop = """
        echo up
        port=/dev/$(basename "$(dirname "$(grep -lx worker /sys/class/virtio-ports/*/name)")")
        while :; do
            "$@" --port "$port" </dev/null 3>&1 1>&2
            status=$?
            echo "ended $status"
            [ $status = 0 ] || sleep 1
        done &
        exec cat >/dev/null
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3), s_longestPreparation = TimeSpan.FromMinutes(2);
    private static readonly Dictionary<(VmSettings, string), WorkerVm> s_warm = [];
    private static int s_number;

    private readonly Process _launcher;
    private readonly string _socket;
    private readonly LastLines _lastLines = new();
    private readonly SemaphoreSlim _gate = new(1);
    private readonly TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _listening;
    private GuestWorker? _worker;

    // Ends when the guest's worker has nothing left to prepare, or is needed; another one's begins when a worker has ended.
    private volatile TaskCompletionSource _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);

    static WorkerVm() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        lock (s_warm)
        {
            foreach (var vm in s_warm.Values) vm._launcher.StandardInput.Close();
            foreach (var vm in s_warm.Values) if (!vm._launcher.WaitForExit(s_patience)) vm._launcher.Kill();
        }
    };

    private WorkerVm(VmSettings settings, WorkerLocation location)
    {
        _socket = Path.Combine(Path.GetTempPath(), $"activations-worker.{System.Environment.ProcessId}.{Interlocked.Increment(ref s_number)}");
        string[] options =
        [
            "--timeout", "0", "--memory", $"{settings.Memory}", "--kernel", settings.Kernel, "--port", $"worker={_socket}",
            "--cpus", $"{Math.Clamp(System.Environment.ProcessorCount, 1, 8)}", .. settings.CountedTime ? ["--icount"] : Array.Empty<string>(),
            .. WorkerProcess.Environment(warm: true).SelectMany(variable => new[] { "--env", $"{variable.Key}={variable.Value}" }),
        ];
        var start = new ProcessStartInfo(VmLauncher.Find(), [.. options, "--", "sh", "-c", GuestLoop, "worker", location.FileName, .. location.Arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _launcher = Process.Start(start) ?? throw new WorkerException($"The VM's launcher {start.FileName} could not be started.");
        _listening = ListenAsync();
    }

    /// <summary>The launcher's process on this computer.</summary>
    public int Id => _launcher.Id;

    /// <summary>What the worker and the guest's kernel said last.</summary>
    public string LastWords => _lastLines.ToString();

    /// <summary>Whether the VM has ended.</summary>
    public bool HasEnded => _launcher.HasExited;

    /// <summary>A worker in the VM with these settings, which is started if it is not there; waits while another run has it.</summary>
    /// <exception cref="WorkerException">The VM does not start.</exception>
    public static async Task<GuestWorker> StartWorkerAsync(VmSettings settings, WorkerLocation location, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        while (true)
        {
            var vm = Find(settings, location, progress);
            await vm._gate.WaitAsync(cancellation).ConfigureAwait(false);
            // It may have ended with the run that had it.
            if (vm.HasEnded && vm._worker is not null)
            {
                vm._gate.Release();
                continue;
            }
            try
            {
                await vm.AwaitUpAsync(cancellation).ConfigureAwait(false);
                // In counted time nothing that goes on beside a run changes its figures. Else not even its own worker's preparation may.
                if (!settings.CountedTime) await QuietAsync(cancellation).ConfigureAwait(false);
                vm._worker = new GuestWorker(vm, await vm.ConnectAsync(cancellation).ConfigureAwait(false));
                vm._prepared.TrySetResult();
                return vm._worker;
            }
            catch
            {
                vm._gate.Release();
                throw;
            }
        }
    }

    /// <summary>
    /// Ends when no VM prepares a worker, which it does for a quarter of a minute after each run: what is measured beside that on
    /// the same processors is slower than it is.
    /// </summary>
    public static async Task QuietAsync(CancellationToken cancellation)
    {
        Task quiet;
        lock (s_warm) quiet = Task.WhenAll(s_warm.Values.Select(vm => vm._prepared.Task));
        if (quiet.IsCompleted) return;
        await Task.WhenAny(quiet, Task.Delay(s_longestPreparation, cancellation)).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>The run's worker is gone: the next may begin.</summary>
    public void Release() => _gate.Release();

    /// <summary>Ends the VM by force.</summary>
    public void Kill()
    {
        try
        {
            // The launcher's own children go with it.
            if (!_launcher.HasExited) _launcher.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended between the question and the deed.
        }
        File.Delete(_socket);
    }

    /// <summary>Waits until the VM has ended and everything it said has been heard; returns its launcher's exit code.</summary>
    public async Task<int> WaitForEndAsync()
    {
        await _launcher.WaitForExitAsync().ConfigureAwait(false);
        await Task.WhenAny(_listening, Task.Delay(s_patience)).ConfigureAwait(false);
        return _launcher.ExitCode;
    }

    private static WorkerVm Find(VmSettings settings, WorkerLocation location, IProgress<RunProgress>? progress)
    {
        lock (s_warm)
        {
            var key = (settings, location.Folder);
            if (s_warm.TryGetValue(key, out var warm) && !warm.HasEnded) return warm;
            progress?.Report(new RunProgress(TimeSpan.Zero, TimeSpan.Zero,
                $"Starting a VM with the patched kernel{(settings.CountedTime ? " in counted time" : "")}: half a minute, once; it stays for further runs.{System.Environment.NewLine}"));
            return s_warm[key] = new WorkerVm(settings, location);
        }
    }

    // The launcher may have to try several times.
    private async Task AwaitUpAsync(CancellationToken cancellation)
    {
        if (await Task.WhenAny(_up.Task, WaitForEndAsync()).WaitAsync(cancellation).ConfigureAwait(false) is not Task<int> end) return;
        var code = await end.ConfigureAwait(false);
        throw new WorkerException($"The VM for the patched machine did not start: {LastWords}") { ExitCode = code, LastWords = LastWords };
    }

    // What is sent waits until the guest's worker listens.
    private async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellation).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task ListenAsync()
    {
        await Task.WhenAll(HearAsync(_launcher.StandardOutput, HearLoop), HearAsync(_launcher.StandardError, _lastLines.Add)).ConfigureAwait(false);
        // A VM that has ended prepares nothing.
        _prepared.TrySetResult();
    }

    private void HearLoop(string line)
    {
        if (line == "up") _up.TrySetResult();
        if (line == "prepared") _prepared.TrySetResult();
        if (line.Split(' ') is not ["ended", var code]) return;
        // One that died in its preparation leaves it to the next: whoever waits goes on waiting.
        if (_prepared.Task.IsCompleted) _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _worker?.Ended(int.Parse(code, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task HearAsync(StreamReader from, Action<string> hear)
    {
        try
        {
            while (await from.ReadLineAsync().ConfigureAwait(false) is { } line) hear(line);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Nothing more to be heard.
        }
    }
}
