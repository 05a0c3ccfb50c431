using System.Runtime.InteropServices;
using SchedulerActivations.JupyterKernel.Session;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.JupyterKernel;

/// <summary>Runs a kernel on the sockets that a connection file names.</summary>
internal static class JupyterHost
{
    /// <summary>Serves until a front end asks for the end.</summary>
    /// <exception cref="InvalidDataException">The connection file is missing, not one, or names an address that cannot be listened on; the message says what is wrong.</exception>
    public static async Task RunAsync(string connectionFile)
    {
        var connection = ConnectionFile.Read(connectionFile);
        // The first cell waits for nothing that could have been done before it came.
        _ = Task.Run(ScriptSession.WarmUp);
        using var session = new ScriptSession();
        var format = new WireFormat(new Signer(connection.Key), TimeProvider.System, Guid.NewGuid().ToString("N"));
        Action<Request> receive = static _ => { };
        using var sockets = new KernelSockets(connection, format, request => receive(request));
        using var kernel = new Kernel(session, sockets.Sender);
        receive = kernel.Receive;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            session.Interrupt();
        });
        ParentProcess.Watch(static () => Environment.Exit(0));
        kernel.Announce();
        sockets.Start();
        await kernel.Ended;
    }
}
