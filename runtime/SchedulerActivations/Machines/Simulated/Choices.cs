using SchedulerActivations.CoreThreads;

namespace SchedulerActivations.Machines.Simulated;

/// <summary>
/// Decides wherever a simulated kernel could go on in several ways: which of the pending events happens next, on which
/// virtual processor an event arrives, whether an operation becomes a safepoint. What was decided is kept as a <see cref="Schedule"/>.
/// </summary>
internal abstract class Choices
{
    private readonly List<KeyValuePair<int, int>> _deviations = [];
    private readonly List<string> _explanations = [];
    private int _made;

    /// <summary>Where the run has departed from the simulation's own order so far.</summary>
    public Schedule Schedule => Schedule.Of(_deviations);

    /// <summary>The same in words, a sentence for each departure.</summary>
    public IReadOnlyList<string> Explanations => _explanations;

    /// <summary>Number of simulated events without any work done after which a run in a chosen order is ended: threads may wait for each other in a loop.</summary>
    public const long StepLimit = 50_000;

    /// <summary>Told of each answer of the policy, before anything else happens.</summary>
    public Action<VirtualProcessor, UserThread?>? Picked { get; set; }

    /// <summary>One of so many alternatives; 0 is what the simulation does by itself.</summary>
    public int Choose(int alternatives)
    {
        if (alternatives < 2) return 0;
        var choice = _made++;
        var chosen = Pick(choice, alternatives);
        if (chosen <= 0 || chosen >= alternatives) return 0;
        _deviations.Add(new(choice, chosen));
        return chosen;
    }

    /// <summary>Says what the deviation chosen last means.</summary>
    public void Explain(long time, string what) =>
        _explanations.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{_deviations[^1].Key}:{_deviations[^1].Value} at {time / 1e6:0.######} ms: {what}"));

    protected abstract int Pick(int choice, int alternatives);
}

/// <summary>Decides as a schedule says, which may come from a run that was different.</summary>
internal sealed class ReplayedChoices(Schedule schedule) : Choices
{
    private readonly IReadOnlyDictionary<int, int> _chosen = schedule.Parse();

    protected override int Pick(int choice, int alternatives) => _chosen.GetValueOrDefault(choice);
}
