using System.Runtime.InteropServices;

namespace SchedulerActivations.CommandLine.Running;

/// <summary>
/// Turns the first Ctrl-C, or the SIGTERM by which a time limit ends a program, into a cancellation, so that what has been run is
/// written; a second one ends the program.
/// </summary>
internal sealed class CtrlC : IDisposable
{
    private readonly CancellationTokenSource _pressed = new();
    private readonly PosixSignalRegistration _interrupt, _terminate;

    public CtrlC()
    {
        _interrupt = Register(PosixSignal.SIGINT, CommandLine.ExitCode.Cancelled);
        _terminate = Register(PosixSignal.SIGTERM, CommandLine.ExitCode.Terminated);
    }

    public CancellationToken Pressed => _pressed.Token;

    /// <summary>What the shell is told of a cancelled run.</summary>
    public int ExitCode { get; private set; }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _pressed.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal kind, int exitCode) => PosixSignalRegistration.Create(kind, signal =>
    {
        signal.Cancel = !_pressed.IsCancellationRequested;
        if (!signal.Cancel)
            return;
        ExitCode = exitCode;
        _pressed.Cancel();
    });
}
