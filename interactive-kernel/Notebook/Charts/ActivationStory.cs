using SchedulerActivations.Experiments;
using SchedulerActivations.Machines.Patched;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Specialization;
using SchedulerActivations.Upcalls;

namespace SchedulerActivations.Notebook;

/// <summary>What an activation does during a bar.</summary>
internal enum ActivationBarKind
{
    /// <summary>It runs a user thread.</summary>
    Runs,
    /// <summary>It is in the kernel, in an upcall or in the user-level scheduler.</summary>
    Kernel,
    /// <summary>Its thread is blocked.</summary>
    Blocked,
    /// <summary>Its thread is unblocked and waits inside the kernel until the application asks for it.</summary>
    Restartable,
}

/// <summary>What one activation did from when to when; nanoseconds from the start of the run.</summary>
internal readonly record struct ActivationBar(int Activation, int Thread, ActivationBarKind Kind, long Start, long End);

/// <summary>A moment that the paper's figures name by a letter.</summary>
internal readonly record struct ActivationMoment(long Time, string Letter, string What);

/// <summary>The trace of a run on one virtual processor, or of a stretch of it, told by activations. Times count from the stretch's start.</summary>
internal sealed class ActivationStory
{
    private readonly List<ActivationBar> _bars = [];
    private readonly List<(long Time, int Activation)> _upcalls = [];
    private readonly List<ActivationMoment> _moments = [];
    private readonly Dictionary<int, (int Activation, long Since, bool Ready)> _inside = [];
    private readonly HashSet<int> _returning = [];
    private readonly Dictionary<int, int> _numbers = [];
    private readonly TimeWindow _window;
    private readonly bool _leavesAtOnce, _isSwitched;
    private int _carrying = 1, _before = 1, _running, _picked;
    private long _since;
    private bool _inKernel = true, _restarts;

    /// <exception cref="ArgumentException">The run has several virtual processors, or its trace names no activations.</exception>
    public ActivationStory(ExperimentResult result, TimeWindow? window = null)
    {
        if (result.Experiment.VirtualProcessors != 1)
            throw new ArgumentException($"The picture of activations shows one virtual processor; the run has {result.Experiment.VirtualProcessors}.", nameof(result));
        if (!result.Trace.Events.Any(entry => entry.Kind == TraceEventKind.Carried))
            throw new ArgumentException($"The trace of {result.Experiment.Machine.Name} does not name activations: the machine has none, or the run was not traced.", nameof(result));
        _leavesAtOnce = result.Experiment.Machine is SimulatedMachine { Model: KernelModel.OriginalActivations };
        // There an upcall comes on an activation of its own, and the interrupted one keeps its thread.
        _isSwitched = result.Experiment.Machine is PatchedMachine;
        _window = window ?? new TimeWindow(0, result.Elapsed.Ticks * 100);
        foreach (var entry in result.Trace.Events.TakeWhile(entry => entry.Time < _window.End)) Tell(entry);
        Close(_window.End);
        foreach (var (thread, (activation, since, ready)) in _inside)
            Add(activation, thread, ready ? ActivationBarKind.Restartable : ActivationBarKind.Blocked, since, _window.End);
        Number();
    }

    /// <summary>End of the run or stretch.</summary>
    public long End => _window.Length;

    /// <summary>How many activations there were.</summary>
    public int Activations => Math.Max(1, _numbers.Count);

    public IReadOnlyList<ActivationBar> Bars => _bars;

    /// <summary>The upcalls, each on the activation that made it.</summary>
    public IReadOnlyList<(long Time, int Activation)> Upcalls => _upcalls;

    /// <summary>The first moment of each letter.</summary>
    public IReadOnlyList<ActivationMoment> Moments => _moments;

    private void Tell(TraceEvent entry)
    {
        switch (entry.Kind)
        {
            case TraceEventKind.Carried:
                Close(entry.Time);
                (_before, _carrying) = (_carrying, entry.Thread);
                if (_isSwitched) Switch(entry.Time);
                break;
            case TraceEventKind.Running:
                var isHeld = _inside.Remove(entry.Thread, out var held);
                if (isHeld) Add(held.Activation, entry.Thread, ActivationBarKind.Restartable, held.Since, entry.Time);
                // One that returns from the kernel is there when its event is handled, or else when its own activation carries on.
                Begin(entry.Time, entry.Thread, inKernel: _returning.Contains(entry.Thread) || (isHeld && _isSwitched));
                _picked = entry.Thread;
                Note(entry.Time, "a", "the thread runs");
                break;
            case TraceEventKind.Blocked:
                _picked = 0;
                Begin(entry.Time, 0, inKernel: true);
                if (entry.Detail != (byte)BlockReason.SystemCall) break;
                // Another activation has been named already.
                _inside[entry.Thread] = (_before, entry.Time, false);
                _returning.Add(entry.Thread);
                Note(entry.Time, "b", "it blocks");
                break;
            case TraceEventKind.EventDue:
                if (!_inKernel) Begin(entry.Time, _running, inKernel: true);
                Note(entry.Time, "c", "the interrupt comes");
                break;
            case TraceEventKind.Upcall:
                _upcalls.Add((entry.Time, _carrying));
                // The interrupted thread goes on, unless the policy decides otherwise at this instant.
                if (_running != 0 && !_isSwitched && !_returning.Contains(_running)) Begin(entry.Time, _running, inKernel: false);
                _restarts = _isSwitched && entry.Detail == (byte)UpcallKind.Restart;
                if (entry.Detail == (byte)UpcallKind.Unblock) Note(entry.Time, "d", "the upcall reports that it unblocked");
                break;
            case TraceEventKind.Ready when _inside.TryGetValue(entry.Thread, out var blocked):
                Add(blocked.Activation, entry.Thread, ActivationBarKind.Blocked, blocked.Since, entry.Time);
                if (_leavesAtOnce) _inside.Remove(entry.Thread);
                else _inside[entry.Thread] = blocked with { Since = entry.Time, Ready = true };
                break;
            case TraceEventKind.Ready when _isSwitched && entry.Thread == _picked:
                _inside[entry.Thread] = (_before, entry.Time, true);
                _picked = 0;
                break;
            case TraceEventKind.EventHandled:
                _returning.Remove(entry.Thread);
                Begin(entry.Time, entry.Thread, inKernel: false);
                // A stretch may begin in the midst of a run.
                if (_moments.Count == 0) Note(entry.Time, "a", "the thread runs");
                else Note(entry.Time, "e", "it runs again");
                break;
        }
    }

    // The activation carries on what the policy has picked, or it makes an upcall.
    private void Switch(long time)
    {
        if (_restarts) Begin(time, _picked, inKernel: _returning.Contains(_picked));
        else Begin(time, 0, inKernel: true);
        _restarts = false;
    }

    private void Begin(long time, int thread, bool inKernel)
    {
        Close(time);
        (_running, _inKernel) = (thread, inKernel);
    }

    private void Close(long time)
    {
        Add(_carrying, _running, _inKernel ? ActivationBarKind.Kernel : ActivationBarKind.Runs, _since, time);
        _since = time;
    }

    private void Note(long time, string letter, string what)
    {
        if (time >= _window.Start && !_moments.Exists(moment => moment.Letter == letter)) _moments.Add(new ActivationMoment(time - _window.Start, letter, what));
    }

    private void Add(int activation, int thread, ActivationBarKind kind, long start, long end)
    {
        (start, end) = (Math.Max(start, _window.Start), Math.Min(end, _window.End));
        if (end > start) _bars.Add(new ActivationBar(activation, thread, kind, start - _window.Start, end - _window.Start));
    }

    // By the order in which they appear: a kernel's spares come in any order.
    private void Number()
    {
        foreach (var bar in _bars.OrderBy(bar => bar.Start)) _numbers.TryAdd(bar.Activation, _numbers.Count + 1);
        for (var i = 0; i < _bars.Count; i++) _bars[i] = _bars[i] with { Activation = _numbers[_bars[i].Activation] };
        _upcalls.RemoveAll(upcall => upcall.Time < _window.Start || !_numbers.ContainsKey(upcall.Activation));
        for (var i = 0; i < _upcalls.Count; i++) _upcalls[i] = (_upcalls[i].Time - _window.Start, _numbers[_upcalls[i].Activation]);
    }
}
