using System.Collections.Concurrent;
using SchedulerActivations.Machines.Stock;

namespace SchedulerActivations.Tests.Stock.Blocking;

/// <summary>An OS thread that opens its own recorder, waits for its turn, and then runs a body armed.</summary>
internal sealed class WatchedThread : IWatched, IDisposable
{
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _watched = new();
    private Exception? _failure;
    private WatchedActivation? _activation;
    private volatile bool _armed;

    public WatchedThread(BlockingWatcher watcher, Action<WatchedActivation> body, bool armed = true)
    {
        _thread = new Thread(() =>
        {
            try
            {
                _activation = watcher.Watch(Recorders.OpenHere(), this);
            }
            catch (Exception e)
            {
                _failure = e;
                return;
            }
            finally
            {
                _watched.Set();
            }

            _armed = armed;
            body(_activation);
            _armed = false;
        })
        { IsBackground = true };
        _thread.Start();
        _watched.Wait();
        Assert.Null(_failure);
    }

    public WatchedActivation Activation => _activation!;

    bool IWatched.RunsUserCode => _armed;

    public void Join() => Assert.True(_thread.Join(TimeSpan.FromSeconds(30)), "the watched thread never ended");

    public void Dispose() => _activation?.Dispose();
}

/// <summary>Recorders for tests, which are skipped where the kernel refuses them.</summary>
internal static class Recorders
{
    public static SwitchRecorder OpenHere()
    {
        var recorder = SwitchRecorder.TryOpen(PerfEventCalls.CurrentThread, out var reason);
        return recorder ?? throw new InvalidOperationException(reason);
    }

    public static void SkipWhereRefused()
    {
        using var recorder = SwitchRecorder.TryOpen(PerfEventCalls.CurrentThread, out var reason);
        Skip.If(recorder is null, reason);
    }
}

/// <summary>Collects a watcher's reports.</summary>
internal sealed class Reports
{
    private readonly BlockingCollection<(IWatched Owner, SwitchState Block)> _reports = [];

    public int Count => _reports.Count;

    public void Add(WatchedActivation activation, SwitchState block) => _reports.Add((activation.Owner, block));

    public (IWatched Owner, SwitchState Block) Next()
    {
        Assert.True(_reports.TryTake(out var report, TimeSpan.FromSeconds(10)), "no report came");
        return report;
    }
}
