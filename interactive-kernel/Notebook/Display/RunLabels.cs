using System.Globalization;
using System.Text.Json.Nodes;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>What runs are called in tables and charts, so that no two different ones have the same name.</summary>
internal sealed class RunLabels
{
    private readonly List<(string Name, JsonObject Parameters)> _policies = [];

    public RunLabels(IEnumerable<ExperimentResult> results)
    {
        foreach (var policy in results.Select(result => result.Experiment.Policy))
            if (!_policies.Exists(known => known.Name == policy.Name && JsonNode.DeepEquals(known.Parameters, policy.Parameters)))
                _policies.Add((policy.Name, policy.Parameters));
    }

    /// <summary>The policy's name; with the settings in which it differs from others of the same name.</summary>
    public string Policy(ExperimentResult result)
    {
        if (!IsPolicyAsked(result)) return "(kernel)";
        var policy = result.Experiment.Policy;
        var settings = _policies
            .Where(other => other.Name == policy.Name)
            .SelectMany(other => other.Parameters.Select(setting => setting.Key)
                .Where(key => !JsonNode.DeepEquals(other.Parameters[key], policy.Parameters[key])))
            .Distinct()
            .Select(key => $"{key} = {policy.Parameters[key]?.ToString() ?? "null"}")
            .ToList();
        return settings.Count == 0 ? policy.Name : $"{policy.Name} ({string.Join(", ", settings)})";
    }

    /// <summary>The machine and its number of virtual processors.</summary>
    public static string Situation(ExperimentResult result) =>
        $"{result.Experiment.Machine.Name}, {VirtualProcessors(result.Experiment.VirtualProcessors)}";

    public static string VirtualProcessors(int number) =>
        number == 1 ? "1 VP" : number.ToString(CultureInfo.InvariantCulture) + " VPs";

    /// <summary>False on a machine whose kernel schedules the threads itself.</summary>
    public static bool IsPolicyAsked(ExperimentResult result) => IsPolicyAsked(result.Experiment);

    /// <inheritdoc cref="IsPolicyAsked(ExperimentResult)"/>
    public static bool IsPolicyAsked(Experiment experiment) => experiment.Machine.AsksPolicy;
}
