using System.Net.Sockets;

namespace SchedulerActivations.Benchmarks;

/// <summary>.NET's thread pool: an async socket, and computing tasks that let others run after each chunk.</summary>
internal static class ThreadPoolTasks
{
    public static async Task RunAsync(Options options)
    {
        if (options.Source != "tcp") Measurement.Skip(options, "the thread pool waits for sockets only");
        var measurement = new Measurement(options);
        ThreadPool.SetMinThreads(options.Processors, 1);
        using var socket = new Socket(new SafeSocketHandle(0, ownsHandle: false));
        for (var i = 0; i < options.Computing; i++) _ = Task.Run(() => ComputeAsync(measurement));
        Measurement.SayReady();
        Calls.AwaitLauncher();
        measurement.Begin();
        var message = new byte[sizeof(long)];
        while (!measurement.IsComplete && await socket.ReceiveAsync(message) == message.Length)
            measurement.Handled(BitConverter.ToInt64(message));
        measurement.Finish();
    }

    private static async Task ComputeAsync(Measurement measurement)
    {
        while (true)
        {
            measurement.Compute();
            await Task.Yield();
        }
    }
}
