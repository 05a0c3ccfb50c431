using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using SchedulerActivations.Machines;

namespace SchedulerActivations.Experiments.Workers;

/// <summary>
/// A VM in which workers run. It is started for the first run that needs it, stays warm, and ends with this process: its input
/// closes then, which tells it to power off.
/// </summary>
/// <remarks>
/// There is one run at a time; a worker waits for it in each slot (<see cref="WorkerSlot"/>), so that two runs in a row, which is
/// what a comparison takes, both begin at once. What a worker does until it is prepared would disturb whatever is measured beside
/// it on the same processors: it is stopped for that time (<see cref="BeginMeasuring"/>).
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as this process.")]
internal sealed class WorkerVm
{
    // $1 is the number of slots, what follows the worker's command. On standard output the loop says what becomes of each slot's worker,
    // and so does a worker (through its descriptor 3) once it is prepared. On standard input come signals for workers; its end is the notebook's.
    private const string GuestLoop = """
        slots=$1
        shift
        serve()
        {
            slot=$1
            shift
            port=/dev/$(basename "$(dirname "$(grep -lx "worker$slot" /sys/class/virtio-ports/*/name)")")
            while :; do
                "$@" --port "$port" --slot "$slot" 3>&1 1>&2 &
                echo "begun $slot $!"
                wait $!
                status=$?
                echo "ended $slot $status"
                [ $status = 0 ] || sleep 1
            done
        }
        echo up
        for slot in $(seq 0 $((slots - 1))); do serve "$slot" "$@" </dev/null & done
        while read -r signal process; do kill "-$signal" "$process"; done
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3), s_longestPreparation = TimeSpan.FromMinutes(2);
    private static readonly Dictionary<(VmSettings, string), WorkerVm> s_warm = [];
    private static int s_number;

    // How many runs are measured, with nothing else going on.
    private static int s_measured;

    private readonly Process _launcher;
    private readonly WorkerSlot[] _slots;
    private readonly LastLines _lastLines = new();
    private readonly SemaphoreSlim _gate = new(1);
    private readonly TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _listening;
    private readonly string _advice;

    private int _begun;
    private bool _hasServed, _isAwaited;

    static WorkerVm() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        lock (s_warm)
        {
            foreach (var vm in s_warm.Values) vm._launcher.StandardInput.Close();
            foreach (var vm in s_warm.Values) if (!vm._launcher.WaitForExit(s_patience)) vm.Kill();
        }
    };

    private WorkerVm(VmSettings settings, WorkerLocation location)
    {
        var socket = Path.Combine(Path.GetTempPath(), $"activations-worker.{System.Environment.ProcessId}.{Interlocked.Increment(ref s_number)}");
        _advice = settings.Kvm ? " Without KVM, use Machines.Patched: its VM is emulated and works everywhere." : "";
        // In counted time there is one processor, and nobody waits for it until a worker is prepared.
        _slots = [.. Enumerable.Range(0, settings.CountedTime ? 1 : 2).Select(number => new WorkerSlot(number, $"{socket}.{number}"))];
        string[] options =
        [
            "--timeout", "0", "--memory", $"{settings.Memory}", "--kernel", settings.Kernel, "--kvm", settings.Kvm ? "always" : "never", .. _slots.SelectMany(slot => new[] { "--port", $"worker{slot.Number}={slot.Socket}" }),
            "--cpus", $"{Math.Clamp(System.Environment.ProcessorCount, 1, 8)}", .. settings.CountedTime ? ["--icount"] : Array.Empty<string>(),
            .. WorkerProcess.Environment(warm: true).SelectMany(variable => new[] { "--env", $"{variable.Key}={variable.Value}" }),
        ];
        var start = new ProcessStartInfo(VmLauncher.Find(), [.. options, "--", "sh", "-c", GuestLoop, "worker", $"{_slots.Length}", location.FileName, .. location.Arguments])
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
    /// <param name="settings">The VM's settings.</param>
    /// <param name="location">The worker program.</param>
    /// <param name="say">Told what is waited for, in a sentence.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="WorkerException">The VM does not start.</exception>
    public static async Task<GuestWorker> StartWorkerAsync(VmSettings settings, WorkerLocation location, Action<string> say, CancellationToken cancellation)
    {
        while (true)
        {
            var vm = Find(settings, location, say);
            await vm._gate.WaitAsync(cancellation).ConfigureAwait(false);
            // It may have ended with the run that had it.
            if (vm.HasEnded && vm._hasServed)
            {
                vm._gate.Release();
                continue;
            }
            try
            {
                await vm.AwaitUpAsync(cancellation).ConfigureAwait(false);
                var slot = await vm.ChooseSlotAsync(wait: !settings.CountedTime, say, cancellation).ConfigureAwait(false);
                return vm.Take(slot, await vm.ConnectAsync(slot, cancellation).ConfigureAwait(false));
            }
            catch
            {
                vm._gate.Release();
                throw;
            }
        }
    }

    /// <summary>A run is measured until this is disposed of: no VM prepares a worker meanwhile.</summary>
    public static IDisposable BeginMeasuring() => new Measuring();

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
        foreach (var slot in _slots) File.Delete(slot.Socket);
    }

    /// <summary>Waits until the VM has ended and everything it said has been heard; returns its launcher's exit code.</summary>
    public async Task<int> WaitForEndAsync()
    {
        await _launcher.WaitForExitAsync().ConfigureAwait(false);
        await Task.WhenAny(_listening, Task.Delay(s_patience)).ConfigureAwait(false);
        return _launcher.ExitCode;
    }

    /// <summary>Waits until the VM has ended, which costs a run; returns what its notebook is told.</summary>
    /// <param name="when">How far the run was, in words.</param>
    /// <param name="because">Why the VM was ended; null where it did so by itself.</param>
    /// <param name="cause">How it was noticed.</param>
    public async Task<WorkerException> ExplainEndAsync(string when, string? because, Exception cause)
    {
        var code = await WaitForEndAsync().ConfigureAwait(false);
        return new WorkerException($"{because ?? $"The VM ended {when} (exit code {code})."} Run it again: another VM is started. Its last words: {LastWords}", cause) { ExitCode = code, LastWords = LastWords };
    }

    private static WorkerVm Find(VmSettings settings, WorkerLocation location, Action<string> say)
    {
        lock (s_warm)
        {
            var key = (settings, location.Folder);
            if (s_warm.TryGetValue(key, out var warm) && !warm.HasEnded) return warm;
            say($"Starting a VM with the patched kernel{(settings.CountedTime ? " in counted time" : "")}: half a minute, once; it stays for further runs.");
            return s_warm[key] = new WorkerVm(settings, location);
        }
    }

    // The launcher may have to try several times.
    private async Task AwaitUpAsync(CancellationToken cancellation)
    {
        if (await Task.WhenAny(_up.Task, WaitForEndAsync()).WaitAsync(cancellation).ConfigureAwait(false) is not Task<int> end) return;
        var code = await end.ConfigureAwait(false);
        throw new WorkerException($"The VM for the patched machine did not start: {LastWords}{_advice}") { ExitCode = code, LastWords = LastWords };
    }

    // One whose worker is prepared; where figures depend on that, such a one is waited for.
    private async Task<WorkerSlot> ChooseSlotAsync(bool wait, Action<string> say, CancellationToken cancellation)
    {
        if (wait && !Array.Exists(_slots, slot => slot.Prepared.IsCompleted))
        {
            if (_hasServed) say("Waiting for the VM, which prepares this run: about half a minute. (After a pause, two runs begin at once.)");
            SetAwaited(true);
            await Task.WhenAny([.. _slots.Select(slot => slot.Prepared), Task.Delay(s_longestPreparation, cancellation)]).ConfigureAwait(false);
            SetAwaited(false);
        }
        cancellation.ThrowIfCancellationRequested();
        return Array.Find(_slots, slot => slot.Prepared.IsCompleted) ?? _slots[0];
    }

    private void SetAwaited(bool awaited)
    {
        lock (s_warm)
        {
            _isAwaited = awaited;
            StopAndContinue();
        }
    }

    private GuestWorker Take(WorkerSlot slot, Socket socket)
    {
        lock (s_warm)
        {
            _hasServed = true;
            slot.Worker = new GuestWorker(this, socket);
            StopAndContinue();
            return slot.Worker;
        }
    }

    // What is sent waits until the guest's worker listens.
    private async Task<Socket> ConnectAsync(WorkerSlot slot, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(slot.Socket), cancellation).ConfigureAwait(false);
            return socket;
        }
        catch (Exception exception)
        {
            socket.Dispose();
            if (exception is not SocketException) throw;
            // Nobody listens: the VM ends, or is of no use any more.
            var end = WaitForEndAsync();
            if (await Task.WhenAny(end, Task.Delay(s_patience, CancellationToken.None)).ConfigureAwait(false) != end) Kill();
            throw await ExplainEndAsync("before the run began", null, exception).ConfigureAwait(false);
        }
    }

    // One worker prepares at a time, the one that began first: two at once would both take almost twice as long. Whoever waits
    // for it while another run is measured wants both at once, and that run may go on for long.
    // REQUIRES: the lock on s_warm.
    private void StopAndContinue()
    {
        var first = _slots.Where(slot => slot.Prepares).MinBy(slot => slot.Began);
        foreach (var slot in _slots)
        {
            var stop = slot.Prepares && (slot != first || (s_measured > 0 && !_isAwaited));
            if (stop == slot.IsStopped) continue;
            slot.IsStopped = stop;
            try
            {
                _launcher.StandardInput.WriteLine($"{(stop ? "STOP" : "CONT")} {slot.Process}");
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // The VM has ended, or is about to.
            }
        }
    }

    private async Task ListenAsync()
    {
        await Task.WhenAll(HearAsync(_launcher.StandardOutput, HearLoop), HearAsync(_launcher.StandardError, _lastLines.Add)).ConfigureAwait(false);
        // Nobody waits for a VM that has ended.
        lock (s_warm) foreach (var slot in _slots) slot.BecomePrepared();
    }

    private void HearLoop(string line)
    {
        if (line == "up") _up.TrySetResult();
        if (line.Split(' ') is not [var what, var number, .. var rest] || Array.Find(_slots, slot => number == $"{slot.Number}") is not { } slot) return;
        GuestWorker? ended = null;
        lock (s_warm)
        {
            switch (what, rest)
            {
                case ("begun", [var process]): (slot.Process, slot.Began) = (process, ++_begun); break;
                case ("prepared", []): slot.BecomePrepared(); break;
                case ("ended", [_]): ended = slot.BecomeEmpty(); break;
            }
            StopAndContinue();
        }
        ended?.Ended(int.Parse(rest[0], System.Globalization.CultureInfo.InvariantCulture));
    }

    private sealed class Measuring : IDisposable
    {
        public Measuring() => Count(1);

        public void Dispose() => Count(-1);

        private static void Count(int runs)
        {
            lock (s_warm)
            {
                s_measured += runs;
                foreach (var vm in s_warm.Values) vm.StopAndContinue();
            }
        }
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
