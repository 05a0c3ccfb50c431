using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines;

namespace SchedulerActivations.Notebook;

/// <summary>What runs are called in tables and charts, so that no two different ones have the same name.</summary>
/// <param name="results">The runs that stand side by side: a name says in what its run differs from them.</param>
/// <param name="shown">A setting of the workload that table and chart show in their own way.</param>
internal sealed class RunLabels(IReadOnlyList<ExperimentResult> results, string? shown = null)
{
    private readonly Dictionary<ExperimentResult, List<string>> _differences = new(ReferenceEqualityComparer.Instance);

    /// <summary>The policy's name; with what sets the run apart from others: settings of the policy and of the workload, the machine's, the seed.</summary>
    public string Policy(ExperimentResult result) => Name(ShortPolicy(result), result);

    /// <summary>The policy, with what sets the run apart, and the situation.</summary>
    public string Run(ExperimentResult result) => $"{Policy(result)} on {Situation(result)}";

    /// <summary>The machine's name, with what sets the run apart.</summary>
    public string Machine(ExperimentResult result) => Name(result.Experiment.Machine.Name, result);

    /// <summary>The policy's name alone.</summary>
    public static string ShortPolicy(ExperimentResult result) => IsPolicyAsked(result) ? result.Experiment.Policy.Name : "(kernel)";

    /// <summary>The machine and its number of virtual processors.</summary>
    public static string Situation(ExperimentResult result) => Situation(result.Experiment);

    public static string VirtualProcessors(int number) =>
        number == 1 ? "1 VP" : number.ToString(CultureInfo.InvariantCulture) + " VPs";

    /// <summary>What an experiment is called where none stands beside it: policy, if one is asked, machine and virtual processors.</summary>
    public static string Run(Experiment experiment) => (IsPolicyAsked(experiment) ? experiment.Policy.Name + " on " : "") + Situation(experiment);

    /// <summary>False on a machine whose kernel schedules the threads itself.</summary>
    public static bool IsPolicyAsked(ExperimentResult result) => IsPolicyAsked(result.Experiment);

    /// <inheritdoc cref="IsPolicyAsked(ExperimentResult)"/>
    public static bool IsPolicyAsked(Experiment experiment) => experiment.Machine.AsksPolicy;

    private static string Situation(Experiment experiment) => $"{experiment.Machine.Name}, {VirtualProcessors(experiment.VirtualProcessors)}";

    private string Name(string name, ExperimentResult result)
    {
        // Charts ask once for each line and table cell.
        if (!_differences.TryGetValue(result, out var differences)) _differences.Add(result, differences = Differences(result));
        return differences.Count == 0 ? name : $"{name} ({string.Join(", ", differences)})";
    }

    private List<string> Differences(ExperimentResult result)
    {
        var (experiment, others) = (result.Experiment, results.Select(other => other.Experiment).ToList());
        List<string> differences = [];
        if (IsPolicyAsked(experiment))
        {
            differences.AddRange(OfSettings(experiment.Policy, others.Where(IsPolicyAsked).Select(other => other.Policy)));
            differences.AddRange(OfSource(experiment.Policy, others.Select(other => other.Policy), ""));
        }
        if (others.Exists(other => other.Workload.Name != experiment.Workload.Name)) differences.Add(experiment.Workload.Name);
        differences.AddRange(OfSource(experiment.Workload, others.Select(other => other.Workload), experiment.Workload.Name + " "));
        differences.AddRange(OfSettings(experiment.Workload, others.Select(other => other.Workload)));
        // Machines of different names are told by these.
        differences.AddRange(Of(Data(experiment.Machine), others.Select(other => other.Machine).Where(other => other.Name == experiment.Machine.Name).Select(Data)));
        AddWhereDifferent(other => $"seed {other.Experiment.Seed}");
        AddWhereDifferent(other => $"{DurationText.Of(other.Experiment.Duration)} long");
        AddWhereDifferent(other => other.Swaps.Count == 0 ? "no swap" : string.Join(", ", other.Swaps.Select(swap => $"{swap.Policy.Name} from {DurationText.Of(swap.Time)}")));
        return differences;

        void AddWhereDifferent(Func<ExperimentResult, string> aspect)
        {
            if (results.Any(other => aspect(other) != aspect(result))) differences.Add(aspect(result));
        }
    }

    private IEnumerable<string> OfSettings(Component component, IEnumerable<Component> others) =>
        Of(component.Parameters, others.Where(other => other.Name == component.Name).Select(other => other.Parameters));

    // A cell that was changed and run again defines another policy of the same name.
    private static IEnumerable<string> OfSource(Component component, IEnumerable<Component> others, string what)
    {
        var sources = others.Where(other => other.Name == component.Name).Select(other => other.Source).Distinct().ToList();
        if (sources.Count > 1) yield return string.Create(CultureInfo.InvariantCulture, $"{what}version {sources.IndexOf(component.Source) + 1}");
    }

    // The values that are not the same in all; of an object with a name, such as a cost model, the name if that tells it apart.
    private IEnumerable<string> Of(JsonObject settings, IEnumerable<JsonObject> others)
    {
        var all = others.ToList();
        foreach (var key in all.SelectMany(other => other.Select(setting => setting.Key)).Distinct().Where(key => key != shown))
        {
            var differing = all.Where(other => !JsonNode.DeepEquals(other[key], settings[key])).Select(other => other[key]).ToList();
            if (differing.Count == 0) continue;
            if (settings[key] is JsonObject part && differing.TrueForAll(other => other is JsonObject))
            {
                if (part["Name"] is { } name && differing.TrueForAll(other => !JsonNode.DeepEquals(other!["Name"], name))) yield return $"{key} = {name}";
                else foreach (var difference in Of(part, differing.Select(other => other!.AsObject()))) yield return difference;
            }
            else
                yield return $"{key} = {(settings[key] is JsonValue value ? value.ToString() : settings[key]?.ToJsonString() ?? "null")}";
        }
    }

    private static JsonObject Data(Machine machine) => JsonSerializer.SerializeToNode(machine)!.AsObject();
}
