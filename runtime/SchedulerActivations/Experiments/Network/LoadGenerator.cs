using System.Diagnostics;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SchedulerActivations.Experiments.Network;

/// <summary>
/// The client of all connections: one OS thread that sends each request at the instant at which it is due, whatever has become of
/// those before it (open loop), and notes when replies come back. It ends by itself with the run.
/// </summary>
internal sealed class LoadGenerator
{
    // Requests that go out before it looks for replies again: where it cannot keep up, replies would fill the buffers and be dropped.
    private const int MostAtOnce = 64;

    private readonly List<(Connection Connection, Socket Client)> _ends;
    private readonly (long Due, int End, int Number)[] _schedule;
    private readonly SocketCalls.PollFd[] _polled;
    private readonly (byte[] Bytes, int Filled)[] _replies;
    // Requests that have gone out in part: the rest of one goes first, or the stream would be out of step.
    private readonly (int Number, int Sent)[] _begun;
    private readonly byte[] _message;
    private readonly ProcessorSplit _processors;
    private readonly long _end;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ready = new();
    private readonly TaskCompletionSource<long> _begins = new();
    private long _origin;
    private volatile bool _stopped;

    /// <summary>Prepares everything, so that the first requests go out in time.</summary>
    public LoadGenerator(List<(Connection Connection, Socket Client)> ends, ProcessorSplit processors, long end)
    {
        _ends = ends;
        _processors = processors;
        _end = end;
        _schedule = [.. ends.SelectMany((each, index) => each.Connection.Port.Due.Select((due, number) => (due, index, number))).Order()];
        _polled = [.. ends.Select(each => new SocketCalls.PollFd((int)each.Client.Handle, SocketCalls.PollIn, 0))];
        _replies = [.. ends.Select(each => (new byte[each.Connection.RequestBytes], 0))];
        _begun = new (int, int)[ends.Count];
        _message = new byte[ends.Max(each => each.Connection.RequestBytes)];
        _thread = new Thread(Run) { IsBackground = true, Name = "load generator" };
        _thread.Start();
        _ready.Task.Wait();
    }

    /// <summary>The run begins.</summary>
    /// <param name="origin">Its start on CLOCK_MONOTONIC, in nanoseconds.</param>
    public void Start(long origin) => _begins.TrySetResult(origin);

    private long Now => Stopwatch.GetTimestamp() - _origin;

    /// <summary>Ends it, and waits for that. What it has noted may be read afterwards.</summary>
    public void Stop()
    {
        _stopped = true;
        _begins.TrySetResult(0);
        // A thread that waits looks up at least every ten milliseconds.
        _thread.Join();
    }

    private void Run()
    {
        _processors.EnterClients();
        SocketCalls.EndTimeoutsPromptly();
        Compile();
        _ready.SetResult();
        _origin = _begins.Task.GetAwaiter().GetResult();
        var next = 0;
        while (!_stopped && Now < _end)
        {
            for (var sent = 0; sent < MostAtOnce && next < _schedule.Length && _schedule[next].Due <= Now; sent++, next++) Send(_schedule[next].End, _schedule[next].Number);
            var until = next < _schedule.Length ? _schedule[next].Due : _end;
            var ready = SocketCalls.Poll(_polled, Math.Clamp(until - Now, 0, 10_000_000));
            for (var end = 0; ready > 0 && end < _polled.Length; end++)
            {
                if (_polled[end].Returned == 0) continue;
                ready--;
                if ((_polled[end].Returned & SocketCalls.PollOut) != 0) SendRest(end);
                Receive(end);
            }
        }
    }

    // What the first requests and replies pass; there are none yet.
    private void Compile()
    {
        foreach (var name in new[] { nameof(Send), nameof(SendRest) })
            RuntimeHelpers.PrepareMethod(typeof(LoadGenerator).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic)!.MethodHandle);
        _ = SocketCalls.Poll(_polled, 0);
        for (var end = 0; end < _ends.Count; end++) Receive(end);
    }

    private void Send(int end, int number)
    {
        if (_begun[end].Sent > 0) SendRest(end);
        if (_begun[end].Sent > 0)
        {
            _ends[end].Connection.Log.Refuse(number);
            return;
        }
        _begun[end] = (number, 0);
        SendRest(end);
    }

    // Never waits: the other connections' requests are due.
    private void SendRest(int end)
    {
        var (connection, client) = _ends[end];
        var (number, sent) = _begun[end];
        BitConverter.TryWriteBytes(_message, number);
        while (sent < connection.RequestBytes)
        {
            var count = SocketCalls.Send(client.SafeHandle, ref _message[sent], connection.RequestBytes - sent, SocketCalls.NoSignal | SocketCalls.DontWait);
            if (count > 0) sent += (int)count;
            else if (Marshal.GetLastPInvokeError() == SocketCalls.Interrupted) continue;
            else if (sent > 0 && Marshal.GetLastPInvokeError() == SocketCalls.TryAgain) break;
            else
            {
                connection.Log.Refuse(number);
                sent = 0;
                break;
            }
        }
        if (sent == connection.RequestBytes) sent = 0;
        _begun[end] = (number, sent);
        _polled[end].Events = sent > 0 ? (short)(SocketCalls.PollIn | SocketCalls.PollOut) : SocketCalls.PollIn;
    }

    private void Receive(int end)
    {
        var (connection, client) = _ends[end];
        ref var reply = ref _replies[end];
        while (true)
        {
            var count = SocketCalls.Receive(client.SafeHandle, ref reply.Bytes[reply.Filled], reply.Bytes.Length - reply.Filled, SocketCalls.DontWait);
            if (count < 0 && Marshal.GetLastPInvokeError() == SocketCalls.Interrupted) continue;
            if (count < 0 && Marshal.GetLastPInvokeError() == SocketCalls.TryAgain) return;
            if (count <= 0)
            {
                // The server is gone; nothing more comes from here.
                _polled[end].Fd = -1;
                return;
            }
            reply.Filled += (int)count;
            if (reply.Filled < reply.Bytes.Length) continue;
            reply.Filled = 0;
            connection.Log.Answer(BitConverter.ToInt32(reply.Bytes), Now);
        }
    }
}
