namespace SchedulerActivations.Machines.Simulated;

/// <summary>
/// A schedule: in which order a simulated run does what a real kernel could do in several. It is plain text, to be
/// printed, saved and replayed, and lists only where the run departs from the simulation's own order.
/// </summary>
/// <param name="Deviations">
/// Pairs <c>choice:alternative</c>, ascending, with blanks between them: <c>12:1 40:2</c> says that at the 12th choice
/// (from 0) alternative 1 was taken, at the 40th alternative 2, and alternative 0, which is the simulation's own
/// order, everywhere else. The empty text is the simulation as it is.
/// </param>
public sealed record Schedule(string Deviations)
{
    /// <summary>The alternatives by the number of the choice.</summary>
    /// <exception cref="FormatException">The text is not one that a schedule writes.</exception>
    internal IReadOnlyDictionary<int, int> Parse()
    {
        var parsed = new Dictionary<int, int>();
        foreach (var pair in Deviations.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split(':');
            if (parts.Length != 2 || !int.TryParse(parts[0], out var choice) || !int.TryParse(parts[1], out var alternative) || choice < 0 || alternative < 0)
                throw new FormatException($"'{pair}' is no deviation of a schedule: write choice:alternative, as in 12:1.");
            parsed[choice] = alternative;
        }
        return parsed;
    }

    internal static Schedule Of(IEnumerable<KeyValuePair<int, int>> deviations) =>
        new(string.Join(' ', deviations.Where(each => each.Value != 0).OrderBy(each => each.Key).Select(each => $"{each.Key}:{each.Value}")));

    /// <inheritdoc/>
    public override string ToString() => Deviations.Length == 0 ? "the simulation's own order" : Deviations;
}
