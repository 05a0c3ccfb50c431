using System.Net.Sockets;
using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Network;

namespace SchedulerActivations.Machines.Peers;

/// <summary>Async sockets and computing tasks on .NET's thread pool. A computing task lets others run after each stretch.</summary>
internal sealed class ThreadPoolRun(Experiment experiment, ComponentCatalog components) : PeerRun(experiment, components)
{
    private readonly List<Task> _tasks = [];

    protected override void StartServing(Connection connection, Worker worker, TimeSpan work) => Start(() => ServeAsync(connection, worker, work));

    protected override void StartComputing(Worker worker, TimeSpan stretch) => Start(async () =>
    {
        while (!Over)
        {
            worker.Compute(stretch);
            await Task.Yield();
        }
    });

    protected override bool WaitForAll(TimeSpan patience) => Task.WaitAll([.. _tasks], patience);

    private void Start(Func<Task> body)
    {
        // As many threads as the run has virtual processors; the pool adds others as it sees fit, as it always does.
        if (_tasks.Count == 0) ThreadPool.SetMinThreads(Experiment.VirtualProcessors, 1);
        _tasks.Add(Task.Run(body));
    }

    private async Task ServeAsync(Connection connection, Worker worker, TimeSpan work)
    {
        var socket = connection.Socket!.Socket;
        var message = new byte[connection.RequestBytes];
        try
        {
            while (await ReceiveAsync(socket, message) && !Over && BitConverter.ToInt32(message) is var number && connection.Log.Has(number))
            {
                RecordReactivity(connection, number);
                worker.Compute(work);
                for (var sent = 0; sent < message.Length;) sent += await socket.SendAsync(message.AsMemory(sent), SocketFlags.None);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The run is over and the connection closed.
        }
    }

    private static async ValueTask<bool> ReceiveAsync(Socket socket, byte[] message)
    {
        for (var filled = 0; filled < message.Length;)
        {
            var count = await socket.ReceiveAsync(message.AsMemory(filled), SocketFlags.None);
            if (count == 0) return false;
            filled += count;
        }
        return true;
    }
}
