using System.Diagnostics;
using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Network;

namespace SchedulerActivations.Machines.Peers;

/// <summary>One OS thread for each connection and each computing thread.</summary>
internal sealed class KernelThreadsRun(Experiment experiment, ComponentCatalog components) : PeerRun(experiment, components)
{
    private readonly List<Thread> _threads = [];

    protected override void StartServing(Connection connection, Worker worker, TimeSpan work) => Start(worker, () =>
    {
        var socket = connection.Socket!;
        for (socket.Receive(); connection.Log.Has(socket.Received); socket.Receive())
        {
            RecordReactivity(connection, socket.Received);
            worker.Compute(work);
            socket.Send(socket.Received);
        }
    });

    protected override void StartComputing(Worker worker, TimeSpan stretch) => Start(worker, () =>
    {
        while (!Over) worker.Compute(stretch);
    });

    protected override bool WaitForAll(TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        return _threads.TrueForAll(thread => thread.Join(TimeSpan.FromTicks(Math.Max(0, (patience - Stopwatch.GetElapsedTime(started)).Ticks))));
    }

    private void Start(Worker worker, ThreadStart body)
    {
        var thread = new Thread(body, maxStackSize: 1 << 18) { IsBackground = true, Name = worker.Name };
        try
        {
            thread.Start();
        }
        catch (OutOfMemoryException refused)
        {
            throw new InvalidOperationException($"No kernel thread can be made for '{worker.Name}' beside {_threads.Count} others: memory has run out, or a limit is reached (ulimit -u). Ask for fewer connections or computing threads.", refused);
        }
        _threads.Add(thread);
    }
}
