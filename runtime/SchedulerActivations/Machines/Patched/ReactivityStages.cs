using SchedulerActivations.Experiments;

namespace SchedulerActivations.Machines.Patched;

/// <summary>Splits the reactivity of each event by the kernel's time stamps.</summary>
internal sealed class ReactivityStages
{
    private readonly ReactivityHistogram _toWakeUp = new(), _toUpcall = new(), _toHandler = new();

    /// <summary>The stages in their order.</summary>
    public IReadOnlyList<ReactivityStage> All =>
        [new("event to wake-up", _toWakeUp), new("wake-up to upcall", _toUpcall), new("upcall to handler", _toHandler)];

    /// <summary>An event was handled. All times are of one clock, in nanoseconds.</summary>
    /// <param name="due">When it was due.</param>
    /// <param name="woken">When the kernel woke the thread that waited for it; earlier than <paramref name="due"/> where none did.</param>
    /// <param name="told">When the upcall that says so entered user mode, or the kernel gave the thread the virtual processor by itself.</param>
    /// <param name="handled">When the handler's first instruction was reached.</param>
    public void Record(long due, long woken, long told, long handled)
    {
        if (woken < due || told < woken) return;
        _toWakeUp.Record(woken - due);
        _toUpcall.Record(told - woken);
        _toHandler.Record(handled - told);
    }
}
