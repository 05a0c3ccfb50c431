using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using SchedulerActivations.Machines;
using SchedulerActivations.Machines.Linux;

namespace SchedulerActivations.Experiments.Workers;

/// <summary>
/// A worker in a VM of its own, at the other end of a virtio-serial port. The VM goes on from a snapshot in which the worker
/// waits with everything compiled (Rehearsal in its program): that takes a second, and a VM from its start half a minute.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It is disposed of asynchronously.")]
internal sealed class GuestWorker : IWorker
{
    private const string Port = "worker";

    // The launcher's exit code for a guest that has crashed.
    private const int Crashed = 125;

    // The guest is emulated, and may be busy.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20), s_shortPatience = TimeSpan.FromSeconds(3);

    // One at a time: two would disturb each other's figures.
    private static readonly SemaphoreSlim s_gate = new(1);
    private static volatile GuestWorker? s_running;
    private static int s_number;

    private readonly string _socket = Path.Combine(Path.GetTempPath(), $"activations-worker.{System.Environment.ProcessId}.{Interlocked.Increment(ref s_number)}");
    private readonly Process _launcher;
    private readonly LastLines _lastLines = new();
    private readonly Task _listening;
    private NetworkStream? _stream;
    private string? _killedBecause;

    static GuestWorker() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        if (s_running is not { } worker) return;
        worker._stream?.Dispose();
        if (worker._stream is null || !worker._launcher.WaitForExit(s_shortPatience)) worker.EndByForce();
    };

    private GuestWorker(VmSettings settings, WorkerLocation location)
    {
        string[] options =
        [
            "--timeout", "0", "--memory", $"{settings.Memory}", "--kernel", settings.Kernel, "--kvm", settings.Kvm ? "always" : "never", "--port", $"{Port}={_socket}",
            "--cpus", $"{Math.Clamp(System.Environment.ProcessorCount, 1, 8)}", .. settings.CountedTime ? ["--icount"] : Array.Empty<string>(),
            .. WorkerProcess.Environment(warm: true).SelectMany(variable => new[] { "--env", $"{variable.Key}={variable.Value}" }),
            // Of what differs between a terminal and Jupyter nothing is the worker's: else each would have a snapshot of its own.
            "--env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "--env", "TERM=dumb",
            .. FilesOf(location).SelectMany(path => new[] { "--snapshot", path }),
        ];
        _launcher = Process.Start(new ProcessStartInfo(VmLauncher.Find(), [.. options, "--", location.FileName, .. location.Arguments, "--port", Port])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _launcher.StandardInput.Close();
        _listening = Task.WhenAll(_lastLines.ListenAsync(_launcher.StandardOutput), _lastLines.ListenAsync(_launcher.StandardError));
    }

    /// <summary>The launcher's process on this computer.</summary>
    public int Id => _launcher.Id;

    public Stream Input => _stream!;

    public Stream Output => _stream!;

    /// <summary>Starts a VM with these settings; waits while another run has one.</summary>
    /// <param name="settings">The VM's settings.</param>
    /// <param name="location">The worker program.</param>
    /// <param name="say">Told what is waited for, if that takes long.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="WorkerException">The VM does not start.</exception>
    public static async Task<GuestWorker> StartAsync(VmSettings settings, WorkerLocation location, Action<string> say, CancellationToken cancellation)
    {
        if (s_gate.CurrentCount == 0) say("waits for another run's VM");
        await s_gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var worker = s_running = new GuestWorker(settings, location);
            await worker.ConnectAsync(settings, say, cancellation).ConfigureAwait(false);
            return worker;
        }
        catch
        {
            s_running?.EndByForce();
            Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Kill(string because)
    {
        Interlocked.CompareExchange(ref _killedBecause, because, null);
        // A worker whose line is cut ends at once, whatever its threads do, and its VM with it.
        _stream?.Dispose();
    }

    /// <inheritdoc/>
    public async Task<WorkerException> ExplainAsync(TimeSpan bound, Exception cause)
    {
        _stream?.Dispose();
        var ended = await EndsAsync().ConfigureAwait(false);
        if (ended && _launcher.ExitCode != Crashed) return WorkerEnd.Explain(_launcher.ExitCode, _killedBecause, _lastLines.ToString(), cause);
        return Failed(_killedBecause ?? $"The VM ended in the middle of the run (exit code {_launcher.ExitCode}). Run it again. Its last words:", cause);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null) await _stream.DisposeAsync().ConfigureAwait(false);
        await EndsAsync().ConfigureAwait(false);
        _launcher.Dispose();
        Release();
    }

    private static void Release()
    {
        s_running = null;
        s_gate.Release();
    }

    // What the worker needs until a run comes: itself, and the runtime that this process has too. (Beside it may lie what
    // others need, half a gigabyte of native libraries for other systems: those are in folders of their own.)
    private static string[] FilesOf(WorkerLocation location)
    {
        var files = Directory.GetFiles(location.Folder);
        if (location.Arguments.Count == 0) return files;
        var runtime = RuntimeEnvironment.GetRuntimeDirectory();
        return [location.FileName, .. files, runtime, Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", "host"))];
    }

    private async Task ConnectAsync(VmSettings settings, Action<string> say, CancellationToken cancellation)
    {
        var (waited, hasSaid) = (Stopwatch.StartNew(), false);
        while (!await TryConnectAsync(cancellation).ConfigureAwait(false))
        {
            if (_launcher.HasExited)
            {
                await _listening.ConfigureAwait(false);
                throw Failed("The VM for the patched machine did not start:", null, settings.Kvm ? " Without KVM, use Machines.Patched: its VM is emulated and works everywhere." : "");
            }
            if (!hasSaid && waited.Elapsed > s_shortPatience)
            {
                hasSaid = true;
                say("a VM with the patched kernel is being prepared: half a minute, once");
            }
            await Task.Delay(5, cancellation).ConfigureAwait(false);
        }
    }

    // False while the VM does not listen.
    private async Task<bool> TryConnectAsync(CancellationToken cancellation)
    {
        if (!File.Exists(_socket)) return false;
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellation).ConfigureAwait(false);
            _stream = new NetworkStream(socket, ownsSocket: true);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        finally
        {
            if (_stream is null) socket.Dispose();
        }
    }

    private WorkerException Failed(string what, Exception? cause, string advice = "") =>
        new($"{what} {_lastLines}{advice}", cause) { ExitCode = _launcher.HasExited ? _launcher.ExitCode : null, LastWords = _lastLines.ToString() };

    // True when the VM has ended and everything it said has been heard; false when it had to be ended.
    private async Task<bool> EndsAsync()
    {
        var ended = Task.WhenAll(_launcher.WaitForExitAsync(), _listening);
        if (await Task.WhenAny(ended, Task.Delay(s_patience)).ConfigureAwait(false) == ended) return true;
        EndByForce();
        await _launcher.WaitForExitAsync().ConfigureAwait(false);
        return false;
    }

    private void EndByForce()
    {
        try
        {
            // Asked, it takes away what it has made, half a snapshot too; its own children go with it either way.
            if (!_launcher.HasExited && (LinuxCalls.Signal(_launcher.Id, LinuxCalls.Terminate) < 0 || !_launcher.WaitForExit(s_shortPatience))) _launcher.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended between the question and the deed.
        }
        File.Delete(_socket);
    }
}
