using System.Net.Sockets;
using NetMQ;
using NetMQ.Sockets;

namespace SchedulerActivations.JupyterKernel.Wire;

/// <summary>The five sockets of a kernel and the one thread that touches them.</summary>
/// <remarks>
/// The thread runs no user code and waits for nothing else, so the heart beats and an interrupt gets through
/// whatever a cell does.
/// </remarks>
internal sealed class KernelSockets : IDisposable
{
    private readonly Dictionary<MessageChannel, NetMQSocket> _byChannel;
    private readonly ResponseSocket _heartbeat = new();
    private readonly NetMQPoller _poller;
    private readonly OutgoingQueue _outgoing;
    private readonly WireFormat _format;
    private readonly Action<Request> _received;

    /// <summary>Binds the sockets; <paramref name="received"/> is called on their thread and must return soon.</summary>
    /// <exception cref="InvalidDataException">One of the addresses cannot be listened on; the message says which and why.</exception>
    public KernelSockets(ConnectionFile connection, WireFormat format, Action<Request> received)
    {
        _format = format;
        _received = received;
        _outgoing = new(Wake);
        _byChannel = new()
        {
            [MessageChannel.Shell] = Bound(new RouterSocket(), connection.Address(connection.ShellPort)),
            [MessageChannel.Control] = Bound(new RouterSocket(), connection.Address(connection.ControlPort)),
            [MessageChannel.IOPub] = Bound(new PublisherSocket(), connection.Address(connection.IopubPort)),
            [MessageChannel.Stdin] = Bound(new RouterSocket(), connection.Address(connection.StdinPort)),
        };
        Bound(_heartbeat, connection.Address(connection.HbPort));
        _heartbeat.ReceiveReady += static (_, beat) => beat.Socket.SendMultipartMessage(beat.Socket.ReceiveMultipartMessage());
        Listen(MessageChannel.Shell);
        Listen(MessageChannel.Control);
        Listen(MessageChannel.Stdin);
        _poller = [_byChannel[MessageChannel.Shell], _byChannel[MessageChannel.Control], _byChannel[MessageChannel.Stdin], _heartbeat];
    }

    public IMessageSender Sender => _outgoing;

    public void Start() => _poller.RunAsync("Jupyter sockets", isBackgroundThread: true);

    /// <summary>Sends what waits, then closes everything.</summary>
    public void Dispose()
    {
        if (_poller.IsRunning)
            _poller.StopAsync();
        _poller.Dispose();
        Flush();
        foreach (var socket in _byChannel.Values)
            socket.Dispose();
        _heartbeat.Dispose();
    }

    private static NetMQSocket Bound(NetMQSocket socket, string address)
    {
        // Enough to let the reply to a shutdown leave; a front end that is gone must not hold up the end.
        socket.Options.Linger = TimeSpan.FromSeconds(1);
        // Outputs are not dropped because a front end is slow: the default would drop the 1001st.
        socket.Options.SendHighWatermark = 0;
        // A front end that connects again comes under its old name, at times before its old connection is seen to end.
        if (socket is RouterSocket)
            socket.Options.RouterHandover = true;
        try
        {
            socket.Bind(address);
        }
        catch (Exception exception) when (exception is NetMQException or SocketException or ArgumentOutOfRangeException)
        {
            // Jupyter chooses free ports and lets go of them before the kernel takes them.
            throw new InvalidDataException(
                $"The connection file's address {address} cannot be listened on: {exception.GetBaseException().Message.TrimEnd('.')}. Start the kernel again: Jupyter then chooses other ports.", exception);
        }
        return socket;
    }

    private void Listen(MessageChannel channel) => _byChannel[channel].ReceiveReady += (_, ready) =>
    {
        var frames = new List<byte[]>();
        while (ready.Socket.TryReceiveMultipartBytes(ref frames!))
        {
            if (_format.TryRead(channel, frames, out var request, out var reason))
                _received(request!);
            else
                Session.CellConsole.ProcessError.WriteLine($"A message on {channel} was ignored: {reason}.");
        }
    };

    private void Wake() => _poller.Run(Flush);

    private void Flush()
    {
        foreach (var message in _outgoing.TakeAll())
            _byChannel[message.Channel].SendMultipartBytes(_format.Write(message));
    }
}
