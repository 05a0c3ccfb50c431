using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Exploration;

/// <summary>
/// Holds a trace to what must be true of every run: a thread is made once, runs only when it is ready, on one virtual
/// processor at a time, which runs one thread at a time; it blocks and ends only when it runs, and nothing comes after its end.
/// </summary>
internal sealed class TraceRules
{
    private enum State
    {
        Ready,
        Running,
        Blocked,
        Finished,
    }

    private readonly Dictionary<int, State> _threads = [];
    private readonly Dictionary<int, int> _running = [];

    /// <summary>The first thing in a trace that must not be; null when all is well.</summary>
    public static string? Judge(Trace trace)
    {
        var rules = new TraceRules();
        return trace.Events.Select(rules.Judge).FirstOrDefault(broken => broken is not null);
    }

    private string? Judge(TraceEvent entry)
    {
        State? before = _threads.TryGetValue(entry.Thread, out var known) ? known : null;
        var stopped = entry.Kind is TraceEventKind.Ready or TraceEventKind.Blocked or TraceEventKind.Finished && before == State.Running;
        if (stopped && !(_running.Remove(entry.VirtualProcessor, out var there) && there == entry.Thread))
            return $"thread {entry.Thread} stops on VP {entry.VirtualProcessor}, which does not run it";
        switch (entry.Kind)
        {
            case TraceEventKind.Created when before is null:
                return null;
            case TraceEventKind.Ready when IsPossible((ReadyReason)entry.Detail, before):
                _threads[entry.Thread] = State.Ready;
                return null;
            case TraceEventKind.Running when before == State.Ready:
                _threads[entry.Thread] = State.Running;
                return _running.TryAdd(entry.VirtualProcessor, entry.Thread) ? null : $"VP {entry.VirtualProcessor} runs thread {entry.Thread} while it runs thread {_running[entry.VirtualProcessor]}";
            case TraceEventKind.Blocked when before == State.Running:
                _threads[entry.Thread] = State.Blocked;
                return null;
            case TraceEventKind.Finished when before == State.Running:
                _threads[entry.Thread] = State.Finished;
                return null;
            case TraceEventKind.Created or TraceEventKind.Ready or TraceEventKind.Running or TraceEventKind.Blocked or TraceEventKind.Finished:
                return $"{entry.Kind} of thread {entry.Thread}{(entry.Kind == TraceEventKind.Ready ? $" ({(ReadyReason)entry.Detail})" : "")}, which is {before?.ToString() ?? "not there"}";
            case TraceEventKind.Idle when _running.TryGetValue(entry.VirtualProcessor, out var runs):
                return $"VP {entry.VirtualProcessor} idles while it runs thread {runs}";
            default:
                return null;
        }
    }

    private static bool IsPossible(ReadyReason reason, State? before) => reason switch
    {
        ReadyReason.Created => before is null,
        ReadyReason.Yielded or ReadyReason.Preempted => before == State.Running,
        _ => before == State.Blocked,
    };
}
