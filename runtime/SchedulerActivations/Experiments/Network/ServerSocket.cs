using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SchedulerActivations.Experiments.Network;

/// <summary>The server's end of one connection on a real machine: blocking calls, a message at a time.</summary>
internal sealed class ServerSocket(Socket socket, int messageBytes) : IDisposable
{
    // What the other end sends first is the number of its request; the rest of a message is padding.
    private readonly byte[] _request = new byte[messageBytes], _reply = new byte[messageBytes];
    private int _filled;
    private volatile bool _closed;

    /// <summary>No request: the connection was closed.</summary>
    public const int Closed = -1;

    /// <summary>The socket as .NET knows it, for a server that does not block.</summary>
    public Socket Socket => socket;

    /// <summary>Number of the request that was received last, or <see cref="Closed"/>.</summary>
    public int Received { get; private set; }

    /// <summary>Receives what is there already; false when nothing is.</summary>
    public bool TryReceive()
    {
        try
        {
            return _closed ? Close() : Receive(SocketCalls.DontWait);
        }
        catch (ObjectDisposedException)
        {
            return Close();
        }
    }

    /// <summary>Receives, blocking until a request is there.</summary>
    public void Receive()
    {
        try
        {
            _ = _closed ? Close() : Receive(0);
        }
        catch (ObjectDisposedException)
        {
            Close();
        }
    }

    /// <summary>Sends the reply to a request. A client that is gone gets none.</summary>
    public void Send(int number)
    {
        BitConverter.TryWriteBytes(_reply, number);
        try
        {
            for (var sent = 0; sent < _reply.Length && !_closed;)
            {
                var count = SocketCalls.Send(socket.SafeHandle, ref _reply[sent], _reply.Length - sent, SocketCalls.NoSignal);
                if (count > 0) sent += (int)count;
                else if (Marshal.GetLastPInvokeError() != SocketCalls.Interrupted) return;
            }
        }
        catch (ObjectDisposedException)
        {
            // The run is over, and this thread came late.
        }
    }

    /// <summary>Ends the connection: a thread that is blocked in it returns, and what is still in its buffer stays there.</summary>
    public void Shutdown()
    {
        _closed = true;
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
            if (count <= 0) return Close();
            _filled += (int)count;
            if (_filled < _request.Length) continue;
            _filled = 0;
            Received = BitConverter.ToInt32(_request);
            return true;
        }
    }

    private bool Close()
    {
        Received = Closed;
        return true;
    }
}
