using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Policies.Tests;

/// <summary>Follows a trace and knows at each event who is ready since when and why, and who runs.</summary>
internal sealed class ReadyThreads
{
    private readonly List<(int Thread, ReadyReason Reason)> _ready = [];

    /// <summary>Ready threads in the order in which they became ready.</summary>
    public IReadOnlyList<(int Thread, ReadyReason Reason)> Ready => _ready;

    /// <summary>The thread that each virtual processor runs, with the reason for which it became ready.</summary>
    public Dictionary<int, (int Thread, ReadyReason Reason)> Running { get; } = [];

    /// <summary>Goes through a trace.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="picked">Called when a thread is about to run, which is still among the ready ones.</param>
    /// <param name="passes">Called when time passes.</param>
    public static int Follow(Trace trace, Action<ReadyThreads, int>? picked = null, Action<ReadyThreads, long>? passes = null)
    {
        var state = new ReadyThreads();
        var (time, picks) = (0L, 0);
        foreach (var entry in trace.Events)
        {
            if (entry.Time > time) passes?.Invoke(state, time);
            time = entry.Time;
            switch (entry.Kind)
            {
                case TraceEventKind.Ready:
                    state.Stop(entry.Thread);
                    state._ready.Add((entry.Thread, (ReadyReason)entry.Detail));
                    break;
                case TraceEventKind.Running:
                    picked?.Invoke(state, entry.Thread);
                    var index = state._ready.FindIndex(each => each.Thread == entry.Thread);
                    Assert.True(index >= 0, $"thread {entry.Thread} runs and was not ready");
                    state.Running[entry.VirtualProcessor] = state._ready[index];
                    state._ready.RemoveAt(index);
                    picks++;
                    break;
                case TraceEventKind.Blocked or TraceEventKind.Finished:
                    state.Stop(entry.Thread);
                    break;
            }
        }
        return picks;
    }

    private void Stop(int thread)
    {
        foreach (var (vp, running) in Running)
            if (running.Thread == thread) Running.Remove(vp);
    }
}
