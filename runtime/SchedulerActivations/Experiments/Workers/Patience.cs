namespace SchedulerActivations.Experiments.Workers;

/// <summary>Comes to an end after a time in which this process could have seen what it waits for.</summary>
/// <remarks>It counts steps: a process that was stopped (Ctrl-Z in a terminal) takes one when it goes on, however long that was.</remarks>
/// <param name="bound">How long it lasts.</param>
/// <param name="ended">Told when it has come to its end.</param>
internal sealed class Patience(TimeSpan bound, Action ended) : IDisposable
{
    private const int Steps = 20;
    private Timer? _timer;
    private int _left;

    /// <summary>Lasts so long from now on.</summary>
    public void Begin()
    {
        Volatile.Write(ref _left, Steps);
        Change(bound / Steps);
    }

    /// <summary>Lasts until it begins again.</summary>
    public void Rest() => Change(Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer?.Dispose();

    private void Change(TimeSpan step)
    {
        try
        {
            (_timer ??= new Timer(_ => TakeStep())).Change(step, step);
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
        }
    }

    private void TakeStep()
    {
        if (Interlocked.Decrement(ref _left) == 0) ended();
    }
}
