using SchedulerActivations.Machines.Simulated;

namespace SchedulerActivations.Exploration;

/// <summary>Departs from the simulation's own order now and then.</summary>
/// <param name="seed">Which choices are made.</param>
/// <param name="deviating">The probability with which a choice departs, from 0 to 1.</param>
internal sealed class RandomChoices(int seed, double deviating) : Choices
{
    private readonly Random _random = new(seed);

    protected override int Pick(int choice, int alternatives) => _random.NextDouble() < deviating ? _random.Next(1, alternatives) : 0;
}
