namespace SchedulerActivations.CoreThreads;

/// <summary>What a run counts.</summary>
internal sealed class Counters
{
    public long Switches, Preemptions, UpcallsNew, UpcallsBlock, UpcallsUnblock, UpcallsRestart, UpcallsTimer;

    public IReadOnlyDictionary<string, long> ToDictionary() => new Dictionary<string, long>
    {
        ["switches"] = Switches,
        ["preemptions"] = Preemptions,
        ["upcalls new"] = UpcallsNew,
        ["upcalls block"] = UpcallsBlock,
        ["upcalls unblock"] = UpcallsUnblock,
        ["upcalls restart"] = UpcallsRestart,
        ["upcalls timer"] = UpcallsTimer,
    };
}
