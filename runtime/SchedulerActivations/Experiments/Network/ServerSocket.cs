using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SchedulerActivations.Experiments.Network;

/// <summary>The server's end of one connection on a real machine: blocking calls, a message at a time.</summary>
internal sealed class ServerSocket(Socket socket, int messageBytes) : IDisposable
{
    // What the other end sends first is the number of its request; the rest of a message is padding.
    private readonly byte[] _request = new byte[messageBytes], _reply = new byte[messageBytes];
    private int _filled;

    /// <summary>No request: the connection was closed.</summary>
    public const int Closed = -1;

    /// <summary>The socket as .NET knows it, for a server that does not block.</summary>
    public Socket Socket => socket;

    /// <summary>Number of the request that was received last, or <see cref="Closed"/>.</summary>
    public int Received { get; private set; }

    /// <summary>Receives what is there already; false when nothing is.</summary>
    public bool TryReceive() => Receive(SocketCalls.DontWait);

    /// <summary>Receives, blocking until a request is there.</summary>
    public void Receive() => Receive(0);

    /// <summary>Sends the reply to a request. A client that is gone gets none.</summary>
    public void Send(int number)
    {
        BitConverter.TryWriteBytes(_reply, number);
        for (var sent = 0; sent < _reply.Length;)
        {
            var count = SocketCalls.Send(socket.SafeHandle, ref _reply[sent], _reply.Length - sent, SocketCalls.NoSignal);
            if (count > 0) sent += (int)count;
            else if (Marshal.GetLastPInvokeError() != SocketCalls.Interrupted) return;
        }
    }

    /// <summary>Ends the connection: a thread that is blocked in it returns.</summary>
    public void Shutdown()
    {
        try { socket.Shutdown(SocketShutdown.Both); }
        catch (SocketException) { /* The other end was faster. */ }
    }

    public void Dispose() => socket.Dispose();

    private bool Receive(int flags)
    {
        while (true)
        {
            var count = SocketCalls.Receive(socket.SafeHandle, ref _request[_filled], _request.Length - _filled, flags);
            if (count < 0 && Marshal.GetLastPInvokeError() == SocketCalls.Interrupted) continue;
            if (count < 0 && Marshal.GetLastPInvokeError() == SocketCalls.TryAgain) return false;
            if (count <= 0)
            {
                Received = Closed;
                return true;
            }
            _filled += (int)count;
            if (_filled < _request.Length) continue;
            _filled = 0;
            Received = BitConverter.ToInt32(_request);
            return true;
        }
    }
}
