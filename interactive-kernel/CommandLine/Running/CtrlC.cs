using System.Runtime.InteropServices;

namespace SchedulerActivations.CommandLine.Running;

/// <summary>Turns the first Ctrl-C into a cancellation, so that what has been run is written; a second one ends the program.</summary>
internal sealed class CtrlC : IDisposable
{
    private readonly CancellationTokenSource _pressed = new();
    private readonly PosixSignalRegistration _interrupt;

    public CtrlC() => _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
    {
        signal.Cancel = !_pressed.IsCancellationRequested;
        _pressed.Cancel();
    });

    public CancellationToken Pressed => _pressed.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _pressed.Dispose();
    }
}
